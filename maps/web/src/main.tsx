import { render } from "preact";
import { isEditing, startEditView } from "./edit";
import { App } from "./panels/App";
import { onKey } from "./panels/keys";
import { startPlans } from "./plans/comparing";
import { start } from "./state/load";
import { startProposing } from "./state/proposing";
import { keepAddress } from "./state/state";
import "ol/ol.css";
import "./styles/frame.css";
import "./styles/panels.css";
import "./styles/propose.css";
import "./styles/plans.css";
import "./styles/edit.css";
import "./styles/print.css";

const root = document.getElementById("page");
if (root === null) throw new Error("the page has no #page element");
keepAddress();
start();
if (isEditing) startEditView();
else startProposing();
startPlans();
// Not from a component: its effects run after the first frame, and a key pressed before would be lost.
document.addEventListener("keydown", onKey);
render(<App />, root);
