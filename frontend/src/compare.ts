/* A stale save: both values side by side, and the person decides. */
import { icon, make } from "./marks";
import type { Refusal } from "./server";
import { word } from "./words";

/** Show what *problem* tells apart. *mine* saves yours over theirs, *theirs* leaves it as it is now. */
export function compare(problem: Refusal, mine: (version: number) => void | Promise<void>, theirs: () => void): Promise<void> {
  const rows = Object.entries(problem.difference).map(([name, [yours, now]]) =>
    make("tr", {}, make("th", { scope: "row" }, problem.labels[name] ?? name), make("td", {}, now), make("td", {}, yours)));
  const head = make("thead", {}, make("tr", {}, make("th", {}), make("th", { scope: "col" }, word("now_is")), make("th", { scope: "col" }, word("yours"))));
  const close = make("button", { type: "button", class: "button button-ghost button-icon", "aria-label": word("close"), "data-close": true }, icon("x"));
  const form = make("form", { method: "dialog" },
    make("div", { class: "dialog-body" }, make("p", {}, problem.message), make("table", { class: "table compare" }, head, make("tbody", {}, ...rows))),
    make("div", { class: "dialog-foot" }, make("button", { class: "button", value: "theirs", autofocus: true }, word("keep_theirs")), make("button", { class: "button button-primary", value: "mine" }, word("keep_mine"))));
  const box = make("dialog", { "aria-label": word("compare") }, make("div", { class: "dialog-head" }, make("h2", {}, word("compare")), close), form);
  document.body.append(box);
  box.showModal();
  return new Promise((resolve) => box.addEventListener("close", () => {
    box.remove();
    if (box.returnValue === "mine") void mine(problem.version);
    if (box.returnValue === "theirs") theirs();
    resolve();
  }));
}
