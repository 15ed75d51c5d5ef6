/* Gives elements their behaviour however they come into the page: at load, by htmx, by a live refresh or a visit. */

type Setup = (element: HTMLElement) => (() => void) | void;

const rules: { selector: string; setup: Setup; dressed: WeakSet<Element> }[] = [];
const farewells = new Map<Element, (() => void)[]>();
let watching = false;

/** Run *setup* once for every element that matches, now and later; what it answers runs when the element is gone. */
export function behave(selector: string, setup: Setup): void {
  rules.push({ selector, setup, dressed: new WeakSet() });
  if (!watching) {
    watching = true;
    new MutationObserver(look).observe(document.documentElement, { childList: true, subtree: true });
  }
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => dress(document.body), { once: true });
  else dress(document.body);
}

function look(changes: MutationRecord[]): void {
  if (changes.some((change) => change.removedNodes.length)) {
    for (const [element, goodbyes] of farewells) {
      if (element.isConnected) continue;
      farewells.delete(element);
      for (const { dressed } of rules) dressed.delete(element);
      for (const goodbye of goodbyes) goodbye();
    }
  }
  for (const change of changes) for (const node of change.addedNodes) if (node instanceof HTMLElement) dress(node);
}

function dress(root: HTMLElement): void {
  for (const rule of rules) {
    const found = root.querySelectorAll<HTMLElement>(rule.selector);
    for (const element of root.matches(rule.selector) ? [root, ...found] : found) {
      if (rule.dressed.has(element) || !element.isConnected) continue;
      rule.dressed.add(element);
      const goodbye = rule.setup(element);
      if (goodbye) farewells.set(element, [...(farewells.get(element) ?? []), goodbye]);
    }
  }
}

/** Handle *type* for the nearest element that matches, wherever it is. */
export function on<K extends keyof DocumentEventMap>(
  type: K,
  selector: string,
  handle: (element: HTMLElement, event: DocumentEventMap[K]) => void,
  capture = false,
): void {
  document.addEventListener(
    type,
    (event) => {
      const element = event.target instanceof Element ? event.target.closest<HTMLElement>(selector) : null;
      if (element) handle(element, event);
    },
    capture,
  );
}
