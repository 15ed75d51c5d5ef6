/* The editor of an article: what stands in the form's text area is written as it will look, and kept as a draft while typing. */
import { baseKeymap } from "prosemirror-commands";
import { dropCursor } from "prosemirror-dropcursor";
import { gapCursor } from "prosemirror-gapcursor";
import { history } from "prosemirror-history";
import { keymap } from "prosemirror-keymap";
import { DOMParser, DOMSerializer } from "prosemirror-model";
import { EditorState } from "prosemirror-state";
import { tableEditing } from "prosemirror-tables";
import { EditorView } from "prosemirror-view";
import { make } from "../marks";
import { commands, isOn, keys, typedRules } from "./commands";
import { askLink } from "./links";
import { picturePlugin, put } from "./pictures";
import { schema } from "./schema";

/** Take the place of *source*; answers what ends it. */
export function edit(box: HTMLElement, source: HTMLTextAreaElement): () => void {
  const place = box.querySelector<HTMLElement>("[data-editor-place]");
  const bar = box.querySelector<HTMLElement>("[data-editor-bar]");
  if (!place || !bar) return () => undefined;
  const pictures = box.dataset["pictures"] ?? "";
  const view = new EditorView(place, {
    state: EditorState.create({
      doc: read(source.value),
      plugins: [typedRules(), keymap({ ...keys, "Mod-k": () => (askLink(view, bar), true), "Mod-Enter": () => (source.form?.requestSubmit(), true) }), keymap(baseKeymap), history(), dropCursor(), gapCursor(), tableEditing(), picturePlugin(pictures)],
    }),
    attributes: { class: "article", role: "textbox", "aria-multiline": "true", "aria-label": source.getAttribute("aria-label") ?? "", lang: box.lang },
    dispatchTransaction: (transaction) => {
      view.updateState(view.state.apply(transaction));
      press(bar, view.state);
      if (!transaction.docChanged) return;
      source.value = written(view.state);
      source.dispatchEvent(new Event("input", { bubbles: true }));
    },
  });
  source.hidden = true;
  bar.hidden = false;
  press(bar, view.state);
  const click = (event: Event): void => run(view, bar, event);
  bar.addEventListener("click", click);
  const chosen = bar.querySelector<HTMLInputElement>("input[type=file]");
  const choose = (): void => void (chosen && (put(view, pictures, [...(chosen.files ?? [])], view.state.selection.from), (chosen.value = "")));
  chosen?.addEventListener("change", choose);
  return () => {
    bar.removeEventListener("click", click);
    chosen?.removeEventListener("change", choose);
    view.destroy();
  };
}

function run(view: EditorView, bar: HTMLElement, event: Event): void {
  const button = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-command]") : null;
  const name = button?.dataset["command"] ?? "";
  if (name === "link") return askLink(view, bar);
  if (name === "picture") return bar.querySelector<HTMLInputElement>("input[type=file]")?.click();
  commands[name]?.(view.state, view.dispatch, view);
  if (name) (button?.closest<HTMLElement>("[popover]")?.hidePopover(), view.focus());
}

/** Buttons say what holds at the cursor, and are off where they would do nothing. */
function press(bar: HTMLElement, state: EditorState): void {
  for (const button of bar.querySelectorAll<HTMLButtonElement>("[data-command]")) {
    const name = button.dataset["command"] ?? "";
    if (button.hasAttribute("aria-pressed")) button.setAttribute("aria-pressed", String(isOn(name, state)));
    const command = commands[name];
    if (command) button.disabled = !command(state) && !isOn(name, state);
  }
}

function read(html: string): ReturnType<DOMParser["parse"]> {
  return DOMParser.fromSchema(schema).parse(new window.DOMParser().parseFromString(html, "text/html").body);
}

/** The markup to be kept; nothing written is no markup. */
function written(state: EditorState): string {
  if (!state.doc.textContent.trim() && !state.doc.toString().includes("image")) return "";
  const box = make("div", {}, DOMSerializer.fromSchema(schema).serializeFragment(state.doc.content));
  for (const cell of box.querySelectorAll("td > p:only-child, th > p:only-child, li > p:only-child")) cell.replaceWith(...cell.childNodes);
  return box.innerHTML;
}
