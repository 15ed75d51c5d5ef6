/* A list whose sequence counts (data-sorted): a row is dragged by its handle and dropped before or after another. What
   is sent is the form with the row's arrows, which do the same from the keyboard, with the number of the place. */
import { on } from "./behave";
import { make } from "./marks";

const ROW = "[data-sorted] > [data-row]";
const rowsOf = (row: HTMLElement): HTMLElement[] => [...(row.parentElement?.querySelectorAll<HTMLElement>(":scope > [data-row]") ?? [])];
const isBelow = (row: HTMLElement, event: DragEvent): boolean => event.clientY > row.getBoundingClientRect().top + row.offsetHeight / 2;

let dragged: HTMLElement | null = null;

on("dragstart", "[data-drag]", (handle, event) => {
  dragged = handle.closest<HTMLElement>(ROW);
  if (!dragged || !event.dataTransfer) return;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", dragged.id);
  event.dataTransfer.setDragImage(dragged, 24, dragged.offsetHeight / 2);
  dragged.classList.add("dragged");
});
on("dragover", ROW, (row, event) => {
  if (dragged?.parentElement !== row.parentElement) return;
  event.preventDefault();
  mark(row, isBelow(row, event) ? "drop-after" : "drop-before");
});
on("drop", ROW, (row, event) => {
  if (!dragged || dragged.parentElement !== row.parentElement) return;
  event.preventDefault();
  const rows = rowsOf(row);
  const from = rows.indexOf(dragged);
  const gap = rows.indexOf(row) + (isBelow(row, event) ? 1 : 0);
  const to = gap > from ? gap - 1 : gap;
  if (to !== from) send(dragged, to);
});
on("dragend", "[data-drag]", () => {
  if (dragged) mark(dragged, "");
  dragged?.classList.remove("dragged");
  dragged = null;
});

/** Show where it would fall. */
function mark(row: HTMLElement, where: string): void {
  for (const one of rowsOf(row)) {
    one.classList.toggle("drop-before", one === row && where === "drop-before");
    one.classList.toggle("drop-after", one === row && where === "drop-after");
  }
}

function send(row: HTMLElement, to: number): void {
  const form = row.querySelector<HTMLFormElement>("form[data-steps]");
  const button = make("button", { type: "submit", name: "to", value: String(to), hidden: true });
  form?.append(button);
  form?.requestSubmit(button);
  button.remove();
}
