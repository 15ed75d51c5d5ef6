/* The keyboard. Actions are declared in the markup (data-key); single letters never act while a field has the focus. */
import { icon, make } from "./marks";
import { move, openCurrent, select } from "./rows";
import { word } from "./words";

const isMac = /Mac|iPhone|iPad/.test(navigator.platform);
const SEQUENCE_WITHIN = 1200;
let first = "";
let firstAt = 0;

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !["checkbox", "radio", "button", "submit", "file"].includes(target.type);
  return target.isContentEditable || target.matches("textarea, select");
}

/** "k", "shift+x", "mod+enter": the name of what was pressed. */
function named(event: KeyboardEvent): string {
  const typed = event.key === " " ? "space" : event.key.toLowerCase();
  const isOdd = event.altKey && !/^[a-z0-9]$/.test(typed); // Alt writes å on a Mac
  const key = isOdd ? event.code.replace(/^(Key|Digit)/, "").toLowerCase() : typed;
  const shift = event.shiftKey && /^[a-z]$/.test(key) ? "shift+" : "";
  return `${event.ctrlKey || event.metaKey ? "mod+" : ""}${event.altKey ? "alt+" : ""}${shift}${key}`;
}

function press(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing || event.repeat && !/^[jk]$/.test(event.key)) return;
  const key = named(event);
  const typing = isTyping(event.target);
  if (typing && !key.startsWith("mod+") && !key.startsWith("alt+")) return;
  const rings = document.querySelector(`[data-ring] [data-key="${CSS.escape(key)}"]`) !== null; // it does not wait for a dialogue
  if (!rings && (document.querySelector(".menu:popover-open") || (document.querySelector("dialog[open]") && key !== "mod+enter"))) return;
  if (key.startsWith("mod+") && event.shiftKey) return;
  const sequence = Date.now() - firstAt < SEQUENCE_WITHIN ? `${first} ${key}` : "";
  const element = (sequence && find(sequence)) || find(key);
  first = "";
  if (element) {
    event.preventDefault();
    return act(element);
  }
  if (!typing && builtIn(key)) return event.preventDefault();
  if (document.querySelector(`[data-key^="${CSS.escape(key)} "]`)) {
    [first, firstAt] = [key, Date.now()];
    event.preventDefault();
  }
}

function builtIn(key: string): boolean {
  const acts: Record<string, () => void> = {
    j: () => move(1), k: () => move(-1), x: () => select(false), "shift+x": () => select(true), "?": help,
  };
  if (key === "enter" && !document.activeElement?.matches("a, button, input, summary, [tabindex]:not(main)")) openCurrent();
  else if (acts[key]) acts[key]();
  else return false;
  return true;
}

function find(key: string): HTMLElement | undefined {
  const all = [...document.querySelectorAll<HTMLElement>(`[data-key="${CSS.escape(key)}"]`)];
  const able = all.filter((element) => !element.matches(":disabled, [aria-disabled=true]") && element.checkVisibility());
  return able.find((element) => element.closest("[data-ring]")) ?? able[0]; // what rings lies over the rest
}

function act(element: HTMLElement): void {
  if (element.matches("input, textarea, select")) element.focus();
  else {
    if (element.matches("[popovertarget]")) element.focus(); // its menu is gone through with the keyboard, too
    element.click();
  }
}

/** The sheet of all keys that work on this page. */
export function help(): void {
  if (document.querySelector("dialog.help")) return;
  const own: [string, string][] = [["J", word("key_next")], ["K", word("key_previous")], ["↵", word("key_open")]];
  if (document.querySelector("[data-rows] .checkbox")) own.push(["X", word("key_select")], ["Shift X", word("key_range")]);
  const close = make("button", { type: "button", class: "button button-ghost button-icon", "aria-label": word("close"), "data-close": true }, icon("x"));
  const sheet = make("dialog", { class: "help dialog-wide", "aria-label": word("keyboard") },
    make("div", { class: "dialog-head" }, make("h2", {}, word("keyboard")), close),
    make("div", { class: "dialog-body" }, make("div", { class: "help-keys" }, ...[...own, ...declared()].map(line))));
  document.body.append(sheet);
  sheet.addEventListener("close", () => sheet.remove());
  sheet.showModal();
}

function declared(): [string, string][] {
  const seen = new Map<string, string>();
  for (const element of document.querySelectorAll<HTMLElement>("[data-key]")) {
    const key = element.dataset["key"] ?? "";
    const said = element.dataset["keyLabel"] ?? element.getAttribute("aria-label") ?? element.getAttribute("placeholder") ?? text(element);
    if (!seen.has(key) && said && element.checkVisibility()) seen.set(key, said);
  }
  return [...seen, ["?", word("key_help")] as [string, string]].map(([key, said]) => [spoken(key), said]);
}

function text(element: HTMLElement): string {
  const copy = element.cloneNode(true) as HTMLElement;
  for (const key of copy.querySelectorAll("kbd, .sr, [hidden]")) key.remove();
  return copy.textContent?.trim() ?? "";
}

const spoken = (key: string): string => key.split(" ").map((part) => part.replace("mod+", "Ctrl ").replace("alt+", "Alt ").replace("enter", "↵").replace(/\b[a-z]\b/, (letter) => letter.toUpperCase())).join(` ${word("then")} `);

function line([keys, said]: [string, string]): HTMLElement {
  return make("div", {}, make("span", {}, said), make("span", {}, ...keys.split(` ${word("then")} `).map((key) => make("kbd", {}, mac(key)))));
}

const mac = (key: string): string => (isMac ? key.replace("Ctrl", "⌘").replace("Alt", "⌥") : key);

export function startKeys(): void {
  document.addEventListener("keydown", press);
  if (isMac) for (const key of document.querySelectorAll("kbd")) key.textContent = mac(key.textContent ?? "");
}
