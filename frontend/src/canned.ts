/* Canned replies: "/" while writing, or the button; the text is inserted where the cursor is. */
import { make } from "./marks";
import { json } from "./server";
import { toast } from "./toast";
import { word } from "./words";

interface Canned {
  id: number;
  title: string;
  text: string;
  hint?: string;
  warning?: string; // variables that nobody could fill
}

/** Give *text* the menu of prepared answers; the form names where they come from. */
export function canned(text: HTMLTextAreaElement, form: HTMLFormElement): void {
  const url = form.dataset["cannedUrl"];
  if (!url) return;
  const menu = make("div", { class: "menu canned", popover: "manual", role: "listbox" });
  let found: Canned[] = [];
  let at = 0;
  let asked = 0;

  const close = (): void => {
    asked++;
    if (menu.matches(":popover-open")) menu.hidePopover();
  };
  const draw = (): void => {
    menu.replaceChildren(...(found.length ? found.map((one, index) => item(one, index)) : [make("div", { class: "menu-body quiet" }, word("no_canned"))]));
    if (!menu.matches(":popover-open")) menu.showPopover();
    const edge = form.getBoundingClientRect();
    menu.style.left = `${edge.left + 8}px`;
    menu.style.top = `${Math.max(8, edge.top - menu.offsetHeight - 4)}px`;
  };
  const item = (one: Canned, index: number): HTMLElement => {
    const row = make("div", { class: `menu-item canned-item${index === at ? " on" : ""}`, role: "option", "aria-selected": String(index === at) }, make("span", { class: "grow" }, make("b", {}, one.title), make("small", { class: "clip-2" }, one.text)));
    if (one.hint) row.append(make("kbd", {}, one.hint));
    row.addEventListener("mousedown", (event) => {
      event.preventDefault();
      insert(one);
    });
    return row;
  };
  const insert = (one: Canned): void => {
    const typed = query(text) ?? "";
    const from = typed ? text.selectionStart - typed.length : text.selectionStart;
    text.setRangeText(one.text, from, text.selectionEnd, "end");
    close();
    text.dispatchEvent(new Event("input", { bubbles: true }));
    if (!one.warning) return;
    toast(one.warning, "warn");
    const gap = /\{[a-z_.\s]+\}/.exec(text.value.slice(from));
    if (gap) text.setSelectionRange(from + gap.index, from + gap.index + gap[0].length);
  };
  const look = async (wanted: string): Promise<void> => {
    const mine = ++asked;
    const answer = await json<Canned[]>(`${url}${url.includes("?") ? "&" : "?"}q=${encodeURIComponent(wanted)}`).catch(() => []);
    if (mine !== asked) return;
    [found, at] = [answer, 0];
    draw();
  };

  text.addEventListener("input", () => {
    const typed = query(text);
    if (typed === undefined) close();
    else void look(typed.slice(1));
  });
  text.addEventListener("keydown", (event) => {
    if (!menu.matches(":popover-open")) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const chosen = found[at];
    if (step !== undefined && found.length) {
      at = (at + step + found.length) % found.length;
      draw();
    } else if ((event.key === "Enter" || event.key === "Tab") && chosen && !event.ctrlKey && !event.metaKey) insert(chosen);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  text.addEventListener("blur", close);
  form.querySelector("[data-canned]")?.addEventListener("click", () => {
    if (text.hidden) return;
    text.focus();
    void look("");
  });
  form.append(menu);
}

/** "/word" right before the cursor, at the start of a line or after a space; undefined when there is none. */
function query(text: HTMLTextAreaElement): string | undefined {
  const before = text.value.slice(0, text.selectionStart);
  return /(?:^|\s)(\/[^\s/]{0,24})$/u.exec(before)?.[1];
}
