/* Pictures of an article: pasted, dropped or chosen, uploaded at once; until one is there a grey box stands for it. */
import { Plugin, PluginKey, type EditorState } from "prosemirror-state";
import { Decoration, DecorationSet, type EditorView } from "prosemirror-view";
import { make } from "../marks";
import { post } from "../server";
import { toast } from "../toast";
import { schema } from "./schema";

interface Change {
  add?: { id: object; at: number };
  remove?: object;
}
const key = new PluginKey<DecorationSet>("pictures");
const isPicture = (file: File): boolean => /^image\/(png|jpeg|gif|webp)$/.test(file.type);
const pictures = (data: DataTransfer | null): File[] => [...(data?.files ?? [])].filter(isPicture);

export function picturePlugin(url: string): Plugin<DecorationSet> {
  return new Plugin<DecorationSet>({
    key,
    state: {
      init: () => DecorationSet.empty,
      apply(transaction, boxes) {
        const moved = boxes.map(transaction.mapping, transaction.doc);
        const { add, remove } = (transaction.getMeta(key) ?? {}) as Change;
        if (add) return moved.add(transaction.doc, [Decoration.widget(add.at, () => make("span", { class: "editor-picture skeleton" }), { id: add.id })]);
        return remove ? moved.remove(moved.find(undefined, undefined, (spec) => spec["id"] === remove)) : moved;
      },
    },
    props: {
      decorations: (state) => key.getState(state),
      handlePaste: (view, event) => put(view, url, pictures(event.clipboardData), view.state.selection.from),
      handleDrop: (view, event) => put(view, url, pictures(event.dataTransfer), view.posAtCoords({ left: event.clientX, top: event.clientY })?.pos ?? view.state.selection.from),
    },
  });
}

/** Upload *files* and put them at *at*; false where there are none. */
export function put(view: EditorView, url: string, files: File[], at: number): boolean {
  for (const file of files) void upload(view, url, file, at);
  return files.length > 0;
}

async function upload(view: EditorView, url: string, file: File, at: number): Promise<void> {
  const id = {};
  view.dispatch(view.state.tr.setMeta(key, { add: { id, at } } satisfies Change));
  const body = new FormData();
  body.set("file", file);
  try {
    const { src } = await post<{ src: string }>(url, body);
    const there = placeOf(view.state, id);
    const picture = schema.nodes["image"]!.create({ src, alt: "" });
    if (there !== undefined && !view.isDestroyed) view.dispatch(view.state.tr.replaceWith(there, there, picture).setMeta(key, { remove: id } satisfies Change));
  } catch (problem) {
    if (!view.isDestroyed) view.dispatch(view.state.tr.setMeta(key, { remove: id } satisfies Change));
    toast((problem as Error).message, "warn");
  }
}

/** Where its box stands by now; what was written meanwhile has moved it. */
const placeOf = (state: EditorState, id: object): number | undefined => key.getState(state)?.find(undefined, undefined, (spec) => spec["id"] === id)[0]?.from;
