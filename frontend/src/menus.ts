/* Popover menus: placed beside their button, moved through with the arrow keys, found in by typing. */
import { on } from "./behave";
import { fragment } from "./server";

const GAP = 4;
const buttonOf = (menu: HTMLElement): HTMLElement | null => document.querySelector<HTMLElement>(`[popovertarget="${CSS.escape(menu.id)}"]`);
const items = (menu: HTMLElement): HTMLElement[] => [...menu.querySelectorAll<HTMLElement>("a[href], button:not(:disabled), select, input:not([type=hidden], [data-menu-find])")].filter((item) => item.offsetParent !== null);

/** Fields to which the arrow keys and Enter mean something themselves. */
const TYPED = "select, textarea, input:not([type=checkbox], [type=radio], [data-menu-find])";

/** Put *menu* under its button, or above it where there is no room; right edges meet in the right half of the window. */
export function place(menu: HTMLElement, button: HTMLElement): void {
  const at = button.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = menu;
  const left = at.left + at.width / 2 > innerWidth / 2 ? at.right - width : at.left;
  const below = at.bottom + GAP + height <= innerHeight || at.top < height + GAP;
  menu.style.left = `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`;
  menu.style.top = `${below ? Math.min(at.bottom + GAP, Math.max(8, innerHeight - height - 8)) : at.top - GAP - height}px`;
}

document.addEventListener("beforetoggle", (event) => {
  const menu = event.target;
  if (!(menu instanceof HTMLElement) || !menu.matches(".menu[popover]")) return;
  menu.style.opacity = event.newState === "open" ? "0" : "";
}, true);

document.addEventListener("toggle", (event) => {
  const menu = event.target;
  if (!(menu instanceof HTMLElement) || !menu.matches(".menu[popover]")) return;
  const button = buttonOf(menu);
  button?.setAttribute("aria-expanded", String(event.newState === "open"));
  if (event.newState !== "open") return;
  if (button) place(menu, button);
  menu.style.opacity = "";
  const url = button?.dataset["menuSrc"];
  if (url && button) void fetched(menu, button, url);
  else begin(menu, button);
}, true);

/** A menu that is long, or differs by the minute, is fetched when it opens. */
async function fetched(menu: HTMLElement, button: HTMLElement, url: string): Promise<void> {
  const html = await fragment(url).catch(() => undefined);
  if (!menu.matches(":popover-open")) return;
  if (html === undefined) return menu.hidePopover();
  menu.innerHTML = html;
  place(menu, button);
  begin(menu, button);
}

/** Where the keyboard begins: in the field that finds, else on the first item. */
function begin(menu: HTMLElement, button: HTMLElement | null): void {
  const find = menu.querySelector<HTMLInputElement>("[data-menu-find]");
  if (find) {
    find.value = "";
    filter(find);
    find.focus();
  } else if (button?.matches(":focus-visible")) items(menu)[0]?.focus();
}

on("keydown", ".menu[popover]", (menu, event) => {
  const isTyped = event.target instanceof HTMLElement && event.target.matches(TYPED);
  if (isTyped && event.key !== "Tab") return;
  const list = items(menu);
  const at = list.indexOf(document.activeElement as HTMLElement);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step !== undefined) list[(at + step + list.length) % list.length]?.focus();
  else if (event.key === "Home") list[0]?.focus();
  else if (event.key === "End") list.at(-1)?.focus();
  else if (event.key === "Enter" && event.target instanceof HTMLInputElement && event.target.matches("[data-menu-find]")) take(menu, event.target, list[0]);
  else if (event.key === "Tab" && !menu.querySelector(".menu-form")) return menu.hidePopover();
  else return;
  event.preventDefault();
});
on("focusout", ".menu[popover]", (menu, event) => {
  const next = (event as FocusEvent).relatedTarget;
  if (next instanceof Node && !menu.contains(next) && next !== buttonOf(menu)) menu.hidePopover();
});
on("keydown", "[aria-haspopup=menu]", (button, event) => {
  if (event.key !== "ArrowDown") return;
  event.preventDefault();
  button.click();
});
on("click", ".menu[popover] :is(a[href], button)", (item) => {
  if (!item.hasAttribute("data-stay")) item.closest<HTMLElement>("[popover]")?.hidePopover();
});
on("input", "[data-menu-find]", (find) => filter(find as HTMLInputElement));

/** Enter in the field: the first item that is left, or, where new ones may be made, exactly what was typed. */
function take(menu: HTMLElement, find: HTMLInputElement, first: HTMLElement | undefined): void {
  if (find.dataset["menuNew"] === undefined) return first?.click();
  if (!find.value.trim()) return;
  menu.hidePopover();
  find.form?.requestSubmit();
}

/** Leave only the items that contain what was typed. */
function filter(find: HTMLInputElement): void {
  const wanted = find.value.trim().toLocaleLowerCase();
  for (const item of find.closest(".menu")?.querySelectorAll<HTMLElement>("a[href], button, label") ?? []) {
    item.hidden = !(item.textContent ?? "").toLocaleLowerCase().includes(wanted);
  }
  for (const between of find.closest(".menu")?.querySelectorAll<HTMLElement>(".menu-head, hr") ?? []) between.hidden = Boolean(wanted);
}

window.addEventListener("resize", () => {
  for (const menu of document.querySelectorAll<HTMLElement>(".menu:popover-open")) menu.hidePopover();
});
