/* What an article may be made of; the server keeps the same and nothing else. */
import { Schema, type DOMOutputSpec, type MarkSpec, type Node, type NodeSpec } from "prosemirror-model";
import { bulletList, listItem, orderedList } from "prosemirror-schema-list";
import { tableNodes } from "prosemirror-tables";

const NOTES = ["note", "tip", "warning"];

/** A mark that is nothing but its tag. */
const plain = (tag: string, ...others: string[]): MarkSpec => ({ parseDOM: [tag, ...others].map((each) => ({ tag: each })), toDOM: (): DOMOutputSpec => [tag, 0] });
const block = (tag: string, content: string, more: Partial<NodeSpec> = {}): NodeSpec => ({ group: "block", content, parseDOM: [{ tag }], toDOM: (): DOMOutputSpec => [tag, 0], ...more });

const nodes: Record<string, NodeSpec> = {
  doc: { content: "block+" },
  paragraph: block("p", "inline*"),
  heading: {
    group: "block",
    content: "inline*",
    defining: true,
    attrs: { level: { default: 2 } },
    parseDOM: [1, 2, 3, 4, 5, 6].map((level) => ({ tag: `h${level}`, attrs: { level: Math.min(4, Math.max(2, level)) } })),
    toDOM: (node: Node): DOMOutputSpec => [`h${node.attrs["level"] as number}`, 0],
  },
  blockquote: block("blockquote", "block+", { defining: true }),
  note: {
    group: "block",
    content: "block+",
    defining: true,
    attrs: { kind: { default: "note" } },
    parseDOM: NOTES.map((kind) => ({ tag: `div.${kind}`, attrs: { kind } })),
    toDOM: (node: Node): DOMOutputSpec => ["div", { class: node.attrs["kind"] as string }, 0],
  },
  details: block("details", "summary block+", { defining: true, toDOM: (): DOMOutputSpec => ["details", { open: "" }, 0] }),
  summary: { content: "inline*", defining: true, parseDOM: [{ tag: "summary" }], toDOM: (): DOMOutputSpec => ["summary", 0] },
  horizontal_rule: { group: "block", parseDOM: [{ tag: "hr" }], toDOM: (): DOMOutputSpec => ["hr"] },
  code_block: {
    group: "block",
    content: "text*",
    marks: "",
    code: true,
    defining: true,
    parseDOM: [{ tag: "pre", preserveWhitespace: "full" }],
    toDOM: (): DOMOutputSpec => ["pre", ["code", 0]],
  },
  ordered_list: { ...orderedList, group: "block", content: "list_item+" },
  bullet_list: { ...bulletList, group: "block", content: "list_item+" },
  list_item: { ...listItem, content: "paragraph block*" },
  ...tableNodes({ tableGroup: "block", cellContent: "block+", cellAttributes: {} }),
  text: { group: "inline" },
  image: {
    group: "inline",
    inline: true,
    draggable: true,
    attrs: { src: {}, alt: { default: "" }, width: { default: null }, height: { default: null } },
    parseDOM: [{
      tag: "img[src]",
      getAttrs: (image: HTMLElement) => {
        const path = new URL(image.getAttribute("src") ?? "", location.href);
        // only pictures of ours can be kept: those of other pages come as files, or not at all
        return path.origin === location.origin && path.pathname.startsWith("/help/images/") ? { src: path.pathname, alt: image.getAttribute("alt") ?? "", width: image.getAttribute("width"), height: image.getAttribute("height") } : false;
      },
    }],
    toDOM: (node: Node): DOMOutputSpec => ["img", node.attrs],
  },
  hard_break: { group: "inline", inline: true, selectable: false, parseDOM: [{ tag: "br" }], toDOM: (): DOMOutputSpec => ["br"] },
};

const marks: Record<string, MarkSpec> = {
  link: {
    attrs: { href: {} },
    inclusive: false,
    parseDOM: [{ tag: "a[href]", getAttrs: (link: HTMLElement) => ({ href: link.getAttribute("href") }) }],
    toDOM: (mark): DOMOutputSpec => ["a", { href: mark.attrs["href"] as string }, 0],
  },
  em: plain("em", "i"),
  strong: plain("strong", "b"),
  underline: plain("u", "ins"),
  strike: plain("del", "s"),
  sub: plain("sub"),
  sup: plain("sup"),
  kbd: plain("kbd"),
  code: { ...plain("code"), excludes: "link em strong underline strike sub sup kbd" },
};

export const schema = new Schema({ nodes, marks });
