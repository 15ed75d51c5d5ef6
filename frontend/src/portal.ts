/* The customers' side, sign-in included: small, no socket. */
import "./again";
import "./answers";
import "./copy";
import "./dialogs";
import "./forms";
import "./frames";
import "./folds";
import "./help";
import "./look";
import "./reveal";
import "./timers";
