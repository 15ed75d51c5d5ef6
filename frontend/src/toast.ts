/* A short word in the corner, only for what is not on the screen already. */
import { icon, make } from "./marks";
import { word } from "./words";

const GLYPHS = { good: "circle-check", warn: "alert-circle", bad: "alert-circle", plain: "info-circle" } as const;
const SHOWN_FOR = 6000;

/** Show *text*; it goes by itself, later when the pointer is on it. */
export function toast(text: string, tone: keyof typeof GLYPHS = "plain", action?: { label: string; run: () => void }): void {
  const close = make("button", { type: "button", class: "button button-ghost button-icon button-s", "aria-label": word("close") }, icon("x"));
  const card = make("div", { class: `toast toast-${tone}`, role: tone === "bad" ? "alert" : "status" }, icon(GLYPHS[tone]), make("span", { class: "grow" }, text));
  if (action) {
    const button = make("button", { type: "button", class: "button button-s", "data-key": "z", "data-key-label": action.label }, action.label, make("kbd", { "aria-hidden": "true" }, "Z"));
    button.addEventListener("click", () => (card.remove(), action.run()));
    card.append(button);
  }
  card.append(close);
  close.addEventListener("click", () => card.remove());
  let timer = window.setTimeout(() => card.remove(), action ? SHOWN_FOR * 2 : SHOWN_FOR);
  for (const stays of ["pointerenter", "focusin"]) card.addEventListener(stays, () => clearTimeout(timer));
  for (const goes of ["pointerleave", "focusout"]) card.addEventListener(goes, () => (clearTimeout(timer), timer = window.setTimeout(() => card.remove(), SHOWN_FOR / 2)));
  place().append(card);
}

/** Where such words stand. */
export function place(): HTMLElement {
  const open = document.querySelector("dialog[open]") ?? document.body; // a modal dialog would cover it
  const found = open.querySelector<HTMLElement>(":scope > .toasts");
  if (found) return found;
  const made = make("div", { class: "toasts" });
  open.append(made);
  return made;
}
