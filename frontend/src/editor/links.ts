/* The address of a link, asked for in a line below the buttons; words typed there find our own articles. */
import type { EditorView } from "prosemirror-view";
import { make } from "../marks";
import { json } from "../server";
import { schema } from "./schema";

interface Proposal {
  title: string;
  url: string;
}
const AFTER = 180;
const link = schema.marks["link"]!;

/** The address that a person means: what has none of its own kind is a page of the web. */
export function address(typed: string): string {
  const value = typed.trim();
  if (!value || /^(https?:|mailto:|tel:|\/|#)/i.test(value)) return value;
  return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value) ? `mailto:${value}` : `https://${value}`;
}

/** Show the line for the link at the cursor. */
export function askLink(view: EditorView, bar: HTMLElement): void {
  const line = bar.querySelector<HTMLElement>("[data-link]");
  const field = line?.querySelector<HTMLInputElement>("input");
  const proposals = line?.querySelector<HTMLElement>("[data-proposals]");
  if (!line || !field || !proposals) return;
  const { from, to, $from, empty } = view.state.selection;
  const here = link.isInSet($from.marks()) ?? (empty ? undefined : link.isInSet(view.state.doc.nodeAt(from)?.marks ?? []));
  field.value = (here?.attrs["href"] as string | undefined) ?? "";
  line.hidden = false;
  field.focus();
  field.select();
  let timer = 0;
  const leave = (): void => {
    clearTimeout(timer);
    line.hidden = true;
    proposals.replaceChildren();
    view.focus();
  };
  const set = (href: string, title = ""): void => {
    const around = empty && here ? stretch(view, from) : { from, to };
    const change = view.state.tr;
    if (empty && !here && href) change.replaceWith(from, to, schema.text(title || href, [link.create({ href })]));
    else {
      change.removeMark(around.from, around.to, link);
      if (href) change.addMark(around.from, around.to, link.create({ href }));
    }
    view.dispatch(change);
    leave();
  };
  field.onkeydown = (event) => {
    if (event.isComposing) return;
    if (event.key === "Escape") (event.preventDefault(), event.stopPropagation(), leave());
    if (event.key === "Enter") (event.preventDefault(), set(address(field.value)));
    if (event.key === "ArrowDown") (event.preventDefault(), proposals.querySelector("button")?.focus());
  };
  field.oninput = () => {
    clearTimeout(timer);
    timer = window.setTimeout(() => void propose(line.dataset["link"] ?? "", field.value, proposals, set), AFTER);
  };
}

async function propose(url: string, words: string, place: HTMLElement, set: (href: string, title: string) => void): Promise<void> {
  const isAddress = /^(https?:|mailto:|tel:|\/|#)/i.test(words.trim());
  const found = words.trim().length < 2 || isAddress ? [] : await json<Proposal[]>(`${url}?${new URLSearchParams({ q: words })}`).catch(() => []);
  place.replaceChildren(
    ...found.map((one) => {
      const button = make("button", { type: "button", class: "editor-proposal" }, one.title);
      button.addEventListener("click", () => set(one.url, one.title));
      return button;
    }),
  );
}

/** All that the link at *at* covers. */
function stretch(view: EditorView, at: number): { from: number; to: number } {
  const $at = view.state.doc.resolve(at);
  const begins = $at.start();
  let [from, to] = [at, at];
  $at.parent.forEach((node, offset) => {
    const [start, end] = [begins + offset, begins + offset + node.nodeSize];
    if (link.isInSet(node.marks) && start <= at && end >= at) [from, to] = [start, end];
  });
  return { from, to };
}
