/* What the console's parts share: making elements (foreign text becomes text, never markup), lists, names, times. */
import { word } from "./console-words.js";

/** @typedef {Record<string, any>} Shown */

/** @template {HTMLElement} T @param {string} id @returns {T} */
export const the = (id) => /** @type {T} */ (document.getElementById(id));

/**
 * @param {string} tag with classes: "span.quiet"
 * @param {(Node | string | null | false | undefined)[]} inside
 * @returns {HTMLElement}
 */
export function make(tag, ...inside) {
  const [name = "div", ...classes] = tag.split(".");
  const made = document.createElement(name);
  if (classes.length) made.className = classes.join(" ");
  made.append(.../** @type {(Node | string)[]} */ (inside.filter((one) => one !== null && one !== false && one !== undefined)));
  return made;
}

/** @param {string} tag @param {string} text @param {() => void} act @param {string} [key] keeps the focus when it is drawn anew */
export function button(tag, text, act, key = text) {
  const made = /** @type {HTMLButtonElement} */ (make(tag, text));
  made.type = "button";
  made.dataset["focus"] = key;
  made.addEventListener("click", act);
  return made;
}

/**
 * Show these things, and touch only what has changed: focus, scrolling and half-typed words stay.
 * @param {HTMLElement} place
 * @param {{key: string, shown: unknown, draw: () => HTMLElement}[]} things
 */
export function keep(place, things) {
  const were = new Map([...place.children].map((child) => [/** @type {HTMLElement} */ (child).dataset["key"], /** @type {HTMLElement} */ (child)]));
  const are = things.map(({ key, shown, draw }) => {
    const drawn = JSON.stringify(shown);
    const was = were.get(key);
    if (was?.dataset["drawn"] === drawn) return was;
    const made = draw();
    Object.assign(made.dataset, { key, drawn });
    if (was) replace(was, made);
    return made;
  });
  for (const child of [...place.children]) if (!are.includes(/** @type {HTMLElement} */ (child))) child.remove();
  are.forEach((child, at) => place.children[at] !== child && place.insertBefore(child, place.children[at] ?? null));
}

/** @param {HTMLElement} was @param {HTMLElement} made */
function replace(was, made) {
  for (const field of was.querySelectorAll("input, textarea")) {
    const same = made.querySelector(`[name="${/** @type {HTMLInputElement} */ (field).name}"]`);
    if (same) /** @type {HTMLInputElement} */ (same).value = /** @type {HTMLInputElement} */ (field).value;
  }
  const focused = was.contains(document.activeElement) ? /** @type {HTMLElement} */ (document.activeElement).dataset["focus"] : undefined;
  was.replaceWith(made);
  const again = [...made.querySelectorAll("[data-focus]")].find((one) => /** @type {HTMLElement} */ (one).dataset["focus"] === focused);
  if (again && focused) /** @type {HTMLElement} */ (again).focus();
}

/* Who is who */

/** @type {Map<string, string>} */
const book = new Map();
/** @type {Map<string, Shown>} */
export const legs = new Map();

/** @param {Shown[]} people */
export function know(people) {
  for (const { number, name } of people) if (name && name !== number) book.set(number, name);
}

/** @param {string} address */
export function named(address) {
  if (address.startsWith("client:")) return `${word("browser")} ${address.slice(7)}`;
  return book.get(address) ?? address;
}

/** @param {Shown} leg the far end of it */
export const far = (leg) => (leg["direction"] === "inbound" ? leg["from"] : leg["to"]);

/** @param {string} sid */
export function who(sid) {
  const leg = legs.get(sid);
  return leg ? named(far(leg)) : sid.slice(0, 10);
}

/* Time */

/** @param {string} at */
export const clock = (at) => new Date(at).toLocaleTimeString("en-GB");

/** @param {string | null} since @param {string} tag */
export function counting(since, tag = "time") {
  const made = make(tag);
  if (since) made.dataset["since"] = since;
  tick(made);
  return made;
}

/** @param {HTMLElement} place */
function tick(place) {
  const seconds = Math.max(0, (Date.now() - Date.parse(place.dataset["since"] ?? "")) / 1000);
  place.textContent = Number.isNaN(seconds) ? "" : `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
}

export function tickAll() {
  for (const place of document.querySelectorAll("[data-since]")) tick(/** @type {HTMLElement} */ (place));
}

/* The phone company */

/** @param {string} method @param {string} path @param {unknown} [said] @returns {Promise<any>} */
export async function ask(method, path, said) {
  const answer = await fetch(path, { method, ...(said === undefined ? {} : { headers: { "Content-Type": "application/json" }, body: JSON.stringify(said) }) });
  const told = await answer.json();
  if (!answer.ok) throw new Error(told.message ?? String(answer.status));
  return told;
}

/** @param {Promise<unknown>} doing */
export function attempt(doing) {
  return doing.then(() => (say(""), true), (error) => (say(error instanceof TypeError ? word("lost") : error.message), false));
}

/** @param {string} text */
export function say(text) {
  if (the("notice").textContent !== text) the("notice").textContent = text;
}
