/* Ctrl K: jump to a ticket, a customer, a page or an act. The server finds; the page's own commands come first. */
import { icon, make } from "./marks";
import { json } from "./server";
import { visit } from "./visit";
import { word } from "./words";

interface Entry {
  group?: string;
  label: string;
  hint?: string;
  url: string;
  icon?: string;
}

const RECENT = "cc:recent";
const SHOWN_RECENT = 6;

let box: HTMLDialogElement | undefined;

/** Open the palette, or close it when it is open. */
export function palette(): void {
  if (box?.open) return box.close();
  box = build();
  document.body.append(box);
  box.showModal();
}

function build(): HTMLDialogElement {
  const find = make("input", { type: "text", role: "combobox", "aria-expanded": "true", "aria-controls": "palette-list", "aria-autocomplete": "list", placeholder: word("find"), "aria-label": word("find"), autocomplete: "off", spellcheck: "false" });
  const list = make("div", { class: "palette-list", id: "palette-list", role: "listbox" });
  const foot = make("div", { class: "palette-foot" }, make("span", {}, make("kbd", {}, "↑↓"), ` ${word("choose")}`), make("span", {}, make("kbd", {}, "↵"), ` ${word("open")}`), make("span", {}, make("kbd", {}, "Esc"), ` ${word("close")}`));
  const dialog = make("dialog", { class: "palette", "aria-label": word("find") }, make("div", { class: "palette-find" }, icon("search"), find), list, foot);
  let timer = 0;
  let asking: AbortController | undefined;
  const look = async (): Promise<void> => {
    const wanted = find.value.trim();
    asking?.abort();
    const mine = (asking = new AbortController());
    const own = commands(wanted);
    if (!wanted) return draw(list, find, [...recent(), ...own], "");
    const found = await json<Entry[]>(`/desk/palette?q=${encodeURIComponent(wanted)}`, mine.signal).catch(() => undefined);
    if (mine.signal.aborted) return;
    draw(list, find, [...(found ?? []), ...own, all(wanted)], wanted);
  };
  find.addEventListener("input", () => {
    clearTimeout(timer);
    timer = window.setTimeout(() => void look(), 120);
  });
  find.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) choose(list, find, step);
    else if (event.key === "Enter" && !event.isComposing) list.querySelector<HTMLElement>('[aria-selected="true"]')?.click();
    else return;
    event.preventDefault();
  });
  dialog.addEventListener("close", () => dialog.remove());
  void look();
  return dialog;
}

function draw(list: HTMLElement, find: HTMLInputElement, entries: Entry[], wanted: string): void {
  const rows: HTMLElement[] = [];
  let group: string | undefined;
  for (const [at, entry] of entries.entries()) {
    if (entry.group !== group && entry.group) rows.push(make("h3", {}, entry.group));
    group = entry.group;
    rows.push(row(entry, at));
  }
  list.replaceChildren(...(rows.length ? rows : [make("div", { class: "palette-none" }, word("nothing", wanted))]));
  choose(list, find, 0);
}

function row(entry: Entry, at: number): HTMLElement {
  const item = make("div", { class: "palette-item", role: "option", id: `palette-${at}`, "aria-selected": "false" }, icon(entry.icon ?? "arrow-right"), make("span", { class: "cut grow" }, entry.label));
  if (entry.hint) item.append(make("span", { class: "hint" }, entry.hint));
  item.addEventListener("click", () => go(entry));
  item.addEventListener("pointermove", () => mark(item));
  return item;
}

function choose(list: HTMLElement, find: HTMLElement, step: number): void {
  const items = [...list.querySelectorAll<HTMLElement>(".palette-item")];
  const at = items.findIndex((item) => item.getAttribute("aria-selected") === "true");
  const next = items[at < 0 ? 0 : (at + step + items.length) % items.length];
  if (!next) return;
  mark(next);
  next.scrollIntoView({ block: "nearest" });
  find.setAttribute("aria-activedescendant", next.id);
}

function mark(item: HTMLElement): void {
  for (const other of item.parentElement?.children ?? []) if (other !== item && other.hasAttribute("aria-selected")) other.setAttribute("aria-selected", "false");
  item.setAttribute("aria-selected", "true");
}

function commands(wanted: string): Entry[] {
  const own = JSON.parse(document.getElementById("commands")?.textContent ?? "[]") as Entry[];
  const words = wanted.toLocaleLowerCase().split(/\s+/);
  return own.filter((entry) => words.every((part) => entry.label.toLocaleLowerCase().includes(part))).map((entry) => ({ ...entry, group: word("commands") }));
}

const all = (wanted: string): Entry => ({ label: word("search_all", wanted), url: `/desk/search?q=${encodeURIComponent(wanted)}`, icon: "search", group: word("commands") });

/** The last few places opened from here, kept for this browser tab only. */
function recent(): Entry[] {
  const kept = JSON.parse(sessionStorage.getItem(RECENT) ?? "[]") as Entry[];
  return kept.map((entry) => ({ ...entry, group: word("recent") }));
}

function go(entry: Entry): void {
  const kept = [entry, ...recent()].filter((one, at, list) => list.findIndex((other) => other.url === one.url) === at);
  sessionStorage.setItem(RECENT, JSON.stringify(kept.filter((one) => !one.url.includes("?q=")).slice(0, SHOWN_RECENT)));
  box?.close();
  void visit(entry.url);
}
