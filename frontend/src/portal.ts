/* The customers' side, sign-in included: small, no socket. */
import "./again";
import "./copy";
import "./dialogs";
import "./forms";
import "./frames";
import "./folds";
import "./look";
import "./reveal";
import "./timers";
