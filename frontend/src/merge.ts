/* Merges new HTML into a living place without stealing focus, scroll, selection, open menus or typed text. */
import htmx from "htmx.org";
import { Idiomorph } from "idiomorph";

/** Make the inside of *place* be *html*; answers whether anything was added. */
export function merge(place: HTMLElement, html: string): void {
  const hold = anchor(place);
  const focused = document.activeElement instanceof HTMLElement && place.contains(document.activeElement) ? document.activeElement : null;
  const around = focused ? neighbours(focused) : [];
  const grown = place.childElementCount > 0;
  Idiomorph.morph(place, html, {
    morphStyle: "innerHTML",
    ignoreActiveValue: focused?.matches("input, textarea, select") ?? false, // a focused button still shows what is new
    restoreFocus: true,
    callbacks: {
      beforeNodeMorphed: (old, now) => !(old instanceof HTMLElement && (isHeld(old) || isSettled(old, now))),
      beforeNodeRemoved: (old) => !(old instanceof HTMLElement && (isHeld(old) || old.matches("[data-mine]"))),
      beforeAttributeUpdated: (name, node) => !isOurs(name, node),
      afterNodeAdded: (node) => {
        if (grown && node instanceof HTMLElement && node.matches(".work-row, .item")) node.classList.add("fresh");
      },
    },
  });
  htmx.process(place);
  hold();
  if (focused && !focused.isConnected && document.activeElement === document.body) {
    around.find((near) => near.isConnected)?.focus({ preventScroll: true });
  }
  place.dispatchEvent(new CustomEvent("cc:merged", { bubbles: true }));
}

/** What the person is in the middle of: it stays as it is. */
function isHeld(node: HTMLElement): boolean {
  if (node.matches("[data-keep], dialog[open], :popover-open, .inline-input")) return true;
  if (node instanceof HTMLInputElement && (node.type === "checkbox" || node.type === "radio")) return node.checked !== node.defaultChecked;
  return (node instanceof HTMLInputElement || node instanceof HTMLTextAreaElement) && node.value !== node.defaultValue;
}

/** What says by its stamp whether it is still right: an idle one is exchanged as a whole, one in use stays as it is. */
function isSettled(old: HTMLElement, now: Node): boolean {
  if (old.dataset["stamp"] === undefined || !(now instanceof HTMLElement)) return false;
  if (old.dataset["stamp"] === now.dataset["stamp"]) return true;
  const isIdle = old.dataset["dirty"] === undefined && !old.contains(document.activeElement);
  if (isIdle) old.replaceWith(document.importNode(now, true));
  else old.dispatchEvent(new CustomEvent("cc:outdated", { detail: now }));
  return true;
}

/** Attributes that belong to the browser's side. */
function isOurs(name: string, node: Element): boolean {
  if (name === "open") return node.matches("details");
  if (name === "data-current") return true; // where the keyboard's cursor is in a list
  if (name === "hidden" || name === "aria-expanded" || name === "data-touched") return node.hasAttribute("data-touched");
  if (name === "src") return node.matches("iframe") && node.getAttribute("src") !== null;
  return name === "style" && node.matches("iframe, [popover]");
}

/** Rows beside the focused one, nearest first: where the focus goes when its row disappears. */
function neighbours(focused: HTMLElement): HTMLElement[] {
  const row = focused.closest("[data-row], .work-row");
  const rows = row ? [...(row.parentElement?.querySelectorAll<HTMLElement>(":scope > [data-row], :scope > .work-row") ?? [])] : [];
  const at = row instanceof HTMLElement ? rows.indexOf(row) : -1;
  return [...rows.slice(at + 1), ...rows.slice(0, Math.max(at, 0)).reverse()];
}

/** Remember where the reader's eyes are in the scrolled box; the answer puts them back. */
function anchor(place: HTMLElement): () => void {
  const box = place.closest<HTMLElement>(".conversation, .scroll, .left, .right");
  if (!box || box.scrollTop === 0) return () => undefined;
  const top = box.getBoundingClientRect().top;
  const seen = [...box.querySelectorAll<HTMLElement>("[id]")].find((element) => element.getBoundingClientRect().bottom > top + 1);
  const before = seen?.getBoundingClientRect().top ?? 0;
  const atEnd = isAtEnd(box);
  return () => {
    if (atEnd && box.matches(".conversation")) box.scrollTop = box.scrollHeight;
    else if (seen?.isConnected) box.scrollTop += seen.getBoundingClientRect().top - before;
  };
}

export const isAtEnd = (box: HTMLElement): boolean => box.scrollHeight - box.scrollTop - box.clientHeight < 32;
