/* What the buttons and keys of the editor do. */
import { chainCommands, createParagraphNear, exitCode, lift, liftEmptyBlock, newlineInCode, setBlockType, splitBlock, toggleMark, wrapIn } from "prosemirror-commands";
import { redo, undo } from "prosemirror-history";
import { InputRule, inputRules, textblockTypeInputRule, wrappingInputRule } from "prosemirror-inputrules";
import type { NodeType } from "prosemirror-model";
import { liftListItem, sinkListItem, splitListItem, wrapInList } from "prosemirror-schema-list";
import type { Command, EditorState, Plugin } from "prosemirror-state";
import { addColumnAfter, addRowAfter, deleteColumn, deleteRow, deleteTable, goToNextCell, isInTable } from "prosemirror-tables";
import { schema } from "./schema";

const { nodes, marks } = schema;
const kind = (name: keyof typeof nodes): NodeType => nodes[name] as NodeType;

/** Whether the cursor stands within a *type* (with these attributes). */
export function isWithin(state: EditorState, type: NodeType, attrs: Record<string, unknown> = {}): boolean {
  const { $from } = state.selection;
  for (let depth = $from.depth; depth >= 0; depth -= 1) if ($from.node(depth).hasMarkup(type, { ...$from.node(depth).attrs, ...attrs }, $from.node(depth).marks)) return true;
  return false;
}

/** The same button again takes it back. */
const either = (name: keyof typeof nodes, attrs: Record<string, unknown> = {}): Command => (state, dispatch) =>
  (isWithin(state, kind(name), attrs) ? setBlockType(kind("paragraph")) : setBlockType(kind(name), attrs))(state, dispatch);
const wrap = (name: keyof typeof nodes, attrs: Record<string, unknown> = {}): Command => (state, dispatch) => (isWithin(state, kind(name), attrs) ? lift : wrapIn(kind(name), attrs))(state, dispatch);
const list = (name: keyof typeof nodes): Command => (state, dispatch) => (isWithin(state, kind(name)) ? liftListItem(kind("list_item")) : wrapInList(kind(name)))(state, dispatch);
const mark = (name: keyof typeof marks): Command => toggleMark(marks[name]!);

const table: Command = (state, dispatch) => {
  if (isInTable(state)) return false;
  const cells = (type: NodeType): ReturnType<NodeType["create"]>[] => Array.from({ length: 3 }, () => type.createAndFill()!);
  const rows = [kind("table_header"), kind("table_cell"), kind("table_cell")].map((type) => kind("table_row").create(null, cells(type)));
  dispatch?.(state.tr.replaceSelectionWith(kind("table").create(null, rows)).scrollIntoView());
  return true;
};
const rule: Command = (state, dispatch) => (dispatch?.(state.tr.replaceSelectionWith(kind("horizontal_rule").create()).scrollIntoView()), true);
const lineBreak: Command = chainCommands(exitCode, (state, dispatch) => (dispatch?.(state.tr.replaceSelectionWith(kind("hard_break").create()).scrollIntoView()), true));

export const commands: Record<string, Command> = {
  undo,
  redo,
  bold: mark("strong"),
  italic: mark("em"),
  code: mark("code"),
  heading: either("heading", { level: 2 }),
  subheading: either("heading", { level: 3 }),
  bullets: list("bullet_list"),
  numbers: list("ordered_list"),
  quote: wrap("blockquote"),
  note: wrap("note", { kind: "note" }),
  tip: wrap("note", { kind: "tip" }),
  warning: wrap("note", { kind: "warning" }),
  program: either("code_block"),
  rule,
  table,
  "row-add": addRowAfter,
  "row-remove": deleteRow,
  "column-add": addColumnAfter,
  "column-remove": deleteColumn,
  "table-remove": deleteTable,
};

export const keys: Record<string, Command> = {
  "Mod-z": undo,
  "Mod-y": redo,
  "Shift-Mod-z": redo,
  "Mod-b": mark("strong"),
  "Mod-i": mark("em"),
  "Mod-e": mark("code"),
  "Mod-Alt-2": commands["heading"]!,
  "Mod-Alt-3": commands["subheading"]!,
  "Mod-Alt-0": setBlockType(kind("paragraph")),
  "Mod-Shift-7": commands["numbers"]!,
  "Mod-Shift-8": commands["bullets"]!,
  "Mod-Shift-9": commands["quote"]!,
  Enter: chainCommands(splitListItem(kind("list_item")), newlineInCode, createParagraphNear, liftEmptyBlock, splitBlock),
  "Shift-Enter": lineBreak,
  Tab: chainCommands(goToNextCell(1), sinkListItem(kind("list_item"))),
  "Shift-Tab": chainCommands(goToNextCell(-1), liftListItem(kind("list_item"))),
};

/** Which buttons are pressed at the cursor. */
export function isOn(name: string, state: EditorState): boolean {
  const { from, $from, to, empty } = state.selection;
  const marked = { bold: "strong", italic: "em", code: "code", link: "link" }[name];
  if (marked) return empty ? Boolean(marks[marked]!.isInSet(state.storedMarks ?? $from.marks())) : state.doc.rangeHasMark(from, to, marks[marked]!);
  const within: Record<string, [string, Record<string, unknown>?]> = { heading: ["heading", { level: 2 }], subheading: ["heading", { level: 3 }], bullets: ["bullet_list"], numbers: ["ordered_list"], quote: ["blockquote"], note: ["note", { kind: "note" }], tip: ["note", { kind: "tip" }], warning: ["note", { kind: "warning" }], program: ["code_block"] };
  const asked = within[name];
  return asked !== undefined && isWithin(state, kind(asked[0]), asked[1]);
}

/** As one writes in plain text: "## ", "- ", "1. ", "> ", "``` ", "---". */
export const typedRules = (): Plugin =>
  inputRules({
    rules: [
      textblockTypeInputRule(/^(#{2,4})\s$/, kind("heading"), (match) => ({ level: match[1]!.length })),
      wrappingInputRule(/^\s*([-*])\s$/, kind("bullet_list")),
      wrappingInputRule(/^(\d+)\.\s$/, kind("ordered_list"), (match) => ({ order: Number(match[1]) }), (match, node) => node.childCount + (node.attrs["order"] as number) === Number(match[1])),
      wrappingInputRule(/^\s*>\s$/, kind("blockquote")),
      textblockTypeInputRule(/^```$/, kind("code_block")),
      new InputRule(/^---$/, (state, _match, start, end) => state.tr.replaceWith(Math.max(0, start - 1), end, kind("horizontal_rule").create())),
    ],
  });
