/* Without scripts a button shows what a choice means; with them the choice itself does. And a button that waits for its time. */
import { behave } from "./behave";

/** `data-look` on a radio button presses the form's `data-look-button`, which is hidden. */
behave("[data-look-button]", (button) => {
  const form = button.closest("form");
  button.hidden = true;
  const chosen = (event: Event): void => {
    if (event.target instanceof Element && event.target.matches("[data-look]")) button.click();
  };
  form?.addEventListener("change", chosen);
  return () => form?.removeEventListener("change", chosen);
});

/** `data-from-then` beside `data-until-then="instant"`: hidden until then. */
behave("[data-from-then]", (button) => {
  const note = button.parentElement?.querySelector<HTMLElement>("[data-until-then]");
  const then = Date.parse(note?.dataset["untilThen"] ?? "");
  if (!note || Number.isNaN(then) || then <= Date.now()) return undefined;
  button.hidden = true;
  const timer = setTimeout(() => { button.hidden = false; note.remove(); }, then - Date.now());
  return () => clearTimeout(timer);
});
