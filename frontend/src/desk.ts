/* The staff side. Each module brings its own behaviour; what is started here listens to the whole page. */
import htmx from "htmx.org";
import "./acts";
import "./attach";
import "./composer";
import "./conversation";
import "./dialogs";
import "./edit";
import "./fields";
import "./find";
import "./floor";
import "./folds";
import "./forms";
import "./frames";
import "./grid";
import { startKeys } from "./keys";
import "./live";
import "./menus";
import { startPhone } from "./phone/bar";
import "./phone/trial";
import "./picks";
import "./print";
import "./reveal";
import "./ring";
import "./rows";
import "./seen";
import "./socket";
import "./sorting";
import { startSubmits } from "./submit";
import "./tiers";
import "./timers";
import { startVisits } from "./visit";

(window as unknown as { htmx: typeof htmx }).htmx = htmx; // templates' hx- attributes work by themselves; this is for the console
startVisits();
startSubmits();
startKeys();
startPhone();
