/* Lists from the keyboard: J K Enter X, ranges with Shift, and the bulk bar that wakes up with the selection. */
import { behave, on } from "./behave";
import { word } from "./words";

const list = (): HTMLElement | null => document.querySelector<HTMLElement>("#main [data-rows]") ?? document.querySelector<HTMLElement>("[data-rows]");
const rowsOf = (box: HTMLElement): HTMLElement[] => [...box.querySelectorAll<HTMLElement>("[data-row]")];
const currentIn = (box: HTMLElement): number => rowsOf(box).findIndex((row) => row.matches(".current, [aria-current]:not([aria-current=false])"));
const checkbox = (row: HTMLElement): HTMLInputElement | null => row.querySelector<HTMLInputElement>(".checkbox:not(:disabled)");
const link = (row: HTMLElement): HTMLAnchorElement | null => (row instanceof HTMLAnchorElement ? row : (row.querySelector<HTMLAnchorElement>("a.cover") ?? row.querySelector<HTMLAnchorElement>("a[href]")));

let lastChecked: HTMLElement | undefined;

/** Move the cursor by *step*; in a list that opens what it is on (the work on the left), open it. */
export function move(step: 1 | -1): void {
  const box = list();
  if (!box) return;
  const rows = rowsOf(box);
  const at = currentIn(box);
  const next = rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + step))];
  if (!next) return;
  setCurrent(box, next);
  if (box.dataset["rows"] === "open") link(next)?.click();
}

function setCurrent(box: HTMLElement, row: HTMLElement): void {
  for (const other of rowsOf(box)) other.classList.toggle("current", other === row);
  box.dataset["current"] = row.id;
  row.scrollIntoView({ block: "nearest" });
  link(row)?.focus({ preventScroll: true });
}

/** Put the cursor back on a row that one has left, if it is still there. */
export function goTo(id: string): void {
  const row = document.getElementById(id);
  const box = row?.closest<HTMLElement>("[data-rows]");
  if (row && box) setCurrent(box, row);
}

export function openCurrent(): void {
  const box = list();
  const row = box ? rowsOf(box)[currentIn(box)] : undefined;
  if (row) link(row)?.click();
}

/** Select the row under the cursor; with *range* everything since the last one. */
export function select(range: boolean): void {
  const box = list();
  const row = box ? rowsOf(box)[currentIn(box)] : undefined;
  if (box && row) toggle(box, row, range);
}

function toggle(box: HTMLElement, row: HTMLElement, range: boolean, state?: boolean): void {
  const rows = rowsOf(box);
  const wanted = state ?? !checkbox(row)?.checked;
  const from = range && lastChecked?.isConnected ? rows.indexOf(lastChecked) : rows.indexOf(row);
  const [first, last] = [from, rows.indexOf(row)].sort((a, b) => a - b) as [number, number];
  for (const one of rows.slice(first, last + 1)) {
    const box = checkbox(one);
    if (box) box.checked = wanted;
  }
  lastChecked = row;
  showSelection();
}

function showSelection(): void {
  const chosen = [...document.querySelectorAll<HTMLInputElement>("[data-rows] .checkbox:checked")];
  const all = document.querySelectorAll("[data-rows] .checkbox:not(:disabled)").length;
  for (const place of document.querySelectorAll("[data-selected]")) place.textContent = word("selected", chosen.length);
  for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-bulk]")) button.disabled = !chosen.length;
  for (const hint of document.querySelectorAll<HTMLElement>("[data-none-selected]")) hint.hidden = chosen.length > 0;
  for (const top of document.querySelectorAll<HTMLInputElement>("[data-select-all]")) {
    top.checked = chosen.length > 0 && chosen.length === all;
    top.indeterminate = chosen.length > 0 && chosen.length < all;
  }
}

on("click", "[data-row] .checkbox", (box, event) => {
  const row = box.closest<HTMLElement>("[data-row]");
  const rows = row?.closest<HTMLElement>("[data-rows]");
  if (row && rows && box instanceof HTMLInputElement) toggle(rows, row, event.shiftKey, box.checked);
});
on("click", "[data-select-all]", (top) => {
  for (const box of document.querySelectorAll<HTMLInputElement>("[data-rows] .checkbox:not(:disabled)")) box.checked = (top as HTMLInputElement).checked;
  showSelection();
});
behave("[data-rows]", (box) => {
  showSelection();
  box.addEventListener("focusin", (event) => {
    const row = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-row]") : null;
    if (!row || box.dataset["rows"] === "open") return;
    for (const other of rowsOf(box)) other.classList.toggle("current", other === row);
    box.dataset["current"] = row.id;
  });
});
// a refresh redraws the rows: the cursor returns to the same ticket, not to the same place
document.addEventListener("cc:merged", () => {
  for (const box of document.querySelectorAll<HTMLElement>("[data-rows][data-current]")) {
    const row = box.dataset["current"] ? document.getElementById(box.dataset["current"]) : null;
    if (row && box.contains(row)) for (const other of rowsOf(box)) other.classList.toggle("current", other === row);
  }
  showSelection();
});
