/* A field with proposals below it: the arrow keys go through them, Enter in the field takes the first. */
import { on } from "./behave";

const proposals = (field: HTMLElement): HTMLElement[] => [...(document.getElementById(field.dataset["picks"] ?? "")?.querySelectorAll<HTMLElement>("button, a[href]") ?? [])];

on("keydown", "[data-picks]", (field, event) => {
  const [first] = proposals(field);
  if (!first || event.isComposing || !["ArrowDown", "Enter"].includes(event.key)) return;
  event.preventDefault();
  if (event.key === "Enter") first.click();
  else first.focus();
});
on("keydown", "[data-proposals] :is(button, a[href])", (item, event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const list = item.closest<HTMLElement>("[data-proposals]");
  if (step === undefined || !list) return;
  event.preventDefault();
  const all = [...list.querySelectorAll<HTMLElement>("button, a[href]")];
  const next = all[all.indexOf(item) + step];
  (next ?? document.querySelector<HTMLElement>(`[data-picks="${CSS.escape(list.id)}"]`))?.focus();
});
