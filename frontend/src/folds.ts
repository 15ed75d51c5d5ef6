/* Unfolding: a button shows or hides what it names; a frame inside is loaded only then. */
import { on } from "./behave";

on("click", "[data-fold]", (button) => {
  const folded = document.getElementById(button.dataset["fold"] ?? "");
  if (!folded) return;
  folded.hidden = !folded.hidden;
  button.setAttribute("aria-expanded", String(!folded.hidden));
  const other = button.dataset["foldInstead"] ? document.getElementById(button.dataset["foldInstead"]) : null;
  if (other) other.hidden = !folded.hidden;
  for (const frame of folded.querySelectorAll<HTMLIFrameElement>("iframe[data-lazy]")) {
    frame.src = frame.dataset["lazy"] ?? "";
    delete frame.dataset["lazy"];
  }
});
