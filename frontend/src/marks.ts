/* Builds elements: text is always text, never markup. */

type Attributes = Record<string, string | boolean | undefined>;

/** make("b", {class: "quiet"}, "text", child): an element with attributes and children. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children);
  return element;
}

export const icon = (name: string): HTMLElement => make("i", { class: `icon icon-${name}`, "aria-hidden": "true" });
