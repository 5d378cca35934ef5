import { render } from "preact";
import { isEditing, startEditView } from "./edit";
import { App } from "./panels/App";
import { onKey } from "./panels/keys";
import { startPlans } from "./plans/comparing";
import { start } from "./state/load";
import { startProposing } from "./state/proposing";
import { loadMessages } from "./messages/load_messages";
import { keepAddress, language } from "./state/state";
import "ol/ol.css";
import "./styles/frame.css";
import "./styles/panels.css";
import "./styles/propose.css";
import "./styles/plans.css";
import "./styles/edit.css";
import "./styles/print.css";

const root = document.getElementById("page");
if (root === null) throw new Error("the page has no #page element");
// Not from a component: its effects run after the first frame, and a key pressed before would be lost.
document.addEventListener("keydown", onKey);
try {
  await loadMessages(language.peek());
} catch (failure) {
  root.textContent = "页面文字未能加载，请刷新。 The words of this page have not come; please reload it.";
  throw failure;
}
keepAddress();
start();
if (isEditing) startEditView();
else startProposing();
startPlans();
render(<App />, root);
