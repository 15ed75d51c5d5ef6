/* A table of small fields (data-grid) is gone through as a spreadsheet: arrows and Enter move, what is typed replaces. */
import { on } from "./behave";

const STEPS: Record<string, [number, number]> = { ArrowUp: [-1, 0], ArrowDown: [1, 0], Enter: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

on("keydown", "[data-grid] td input", (field, event) => {
  const step = STEPS[event.key];
  const cell = field.closest("td");
  const row = cell?.closest("tr");
  if (!step || !cell || !row || event.isComposing) return;
  const next = step[0] > 0 ? row.nextElementSibling : step[0] < 0 ? row.previousElementSibling : row;
  const there = (next as HTMLTableRowElement | null)?.cells[cell.cellIndex + step[1]]?.querySelector("input");
  event.preventDefault();
  (there ?? field)[there ? "focus" : "blur"](); // leaving a field saves it
});
on("focusin", "[data-grid] td input", (field) => (field as HTMLInputElement).select());
