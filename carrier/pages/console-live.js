/* What is going on: calls with what each person hears and does, queues with who waits, rooms with who hears whom. */
import { ask, attempt, button, counting, far, keep, legs, make, named, the, who } from "./console-parts.js";
import { word } from "./console-words.js";

/** @typedef {import("./console-parts.js").Shown} Shown */

const LIVE = ["queued", "initiated", "ringing", "in-progress"];
const KEYS = [..."123456789*0#"];

/** The call that is chosen: its card is open, and of what happened only what is about it is shown. */
export const chosen = { sid: "", /** @type {() => void} */ changed: () => undefined };

/** @param {string} sid */
export function choose(sid) {
  chosen.sid = chosen.sid === sid ? "" : sid;
  chosen.changed();
}

/** @param {string} sid @param {string} deed @param {Shown} [said] */
export const act = (sid, deed, said = {}) => attempt(ask("POST", `/calls/${encodeURIComponent(sid)}/${deed}`, said));

/** @param {Shown} leg */
export const isLive = (leg) => LIVE.includes(leg["status"]);

/** @param {Shown} state */
export function show(state) {
  legs.clear();
  for (const leg of state["legs"]) legs.set(leg.sid, leg);
  const silent = new Map(state["silences"].map((/** @type {Shown} */ one) => [one["sid"], one["seconds"]]));
  const live = state["legs"].filter(isLive);
  keep(the("legs"), live.toReversed().map((/** @type {Shown} */ leg) => card(leg, silent.get(leg["sid"]))));
  keep(the("ended"), state["legs"].filter((/** @type {Shown} */ leg) => !isLive(leg)).reverse().map((/** @type {Shown} */ leg) => card(leg, silent.get(leg["sid"]))));
  keep(the("queues"), state["queues"].filter((/** @type {Shown} */ one) => one["members"].length).map(queue));
  keep(the("rooms"), state["rooms"].map(room));
  the("count").textContent = live.length ? String(live.length) : "";
  document.title = live.length ? `(${live.length}) ${word("title")}` : word("title");
}

/* Calls */

/** @param {Shown} leg @param {number | undefined} silence */
function card(leg, silence) {
  const open = chosen.sid === leg["sid"];
  const heard = sounds(leg);
  const shown = [leg["status"], heard, open, silence && Math.floor(silence), named(far(leg)), open && [told(leg), leg["hears"]?.kind]];
  return { key: leg["sid"], shown, draw: () => drawn(leg, open, heard, silence) };
}

/** @param {Shown} leg @param {boolean} open @param {string} heard @param {number | undefined} silence */
function drawn(leg, open, heard, silence) {
  const made = make(open ? "article.leg.open" : "article.leg", head(leg, open));
  if (open) made.append(make("ol.transcript", ...told(leg).map((/** @type {string} */ what) => make("li", what))));
  if (heard) made.append(make(`p.hears.${leg["hears"].kind}`, make("span", word("hears")), heard));
  if (silence) made.append(make("p.bad", `${word("too_quiet")} ${silence.toFixed(1)} ${word("s")}`));
  if (open && isLive(leg)) made.append(acts(leg));
  return made;
}

/** @param {Shown} leg @param {boolean} open */
function head(leg, open) {
  const address = far(leg);
  const other = leg["direction"] === "inbound" ? leg["to"] : leg["from"];
  const made = button("button.top", "", () => choose(leg["sid"]), "top");
  made.setAttribute("aria-expanded", String(open));
  const arrow = leg["direction"] === "inbound" ? "→" : "←";
  const badge = make("span.state", word(leg["status"]));
  badge.dataset["state"] = leg["status"];
  made.append(
    make("b", named(address)),
    named(address) === address || address.startsWith("client:") ? "" : make("span.quiet", address),
    other ? make("span.quiet", `${arrow} ${named(other)}`) : "",
    isLive(leg) ? counting(leg["started_at"]) : make("time", leg["seconds"] ? `${Math.floor(leg["seconds"] / 60)}:${String(leg["seconds"] % 60).padStart(2, "0")}` : ""),
    badge,
  );
  return made;
}

/** @param {Shown} leg what is heard now, in words */
function sounds(leg) {
  const now = leg["hears"];
  if (!now || (!leg["started_at"] && now.kind === "nothing")) return "";
  if (now.kind === "people") return now.who.map(who).join(word("and"));
  if (now.kind === "say") return `“${now.what}”`;
  if (now.kind === "play") return `♪ ${now.what.split("/").pop()}`;
  return word(`hears_${now.kind}`);
}

/** What was said to somebody before what they hear now. @param {Shown} leg */
const told = (leg) => leg["heard"].filter((/** @type {Shown} */ one, /** @type {number} */ at) => one["kind"] === "say" && !(leg["hears"]?.kind === "say" && at === leg["heard"].length - 1)).slice(-6).map((/** @type {Shown} */ one) => one["what"]);

/** @param {Shown} leg */
function acts(leg) {
  const sid = leg["sid"];
  const made = make("div.acts");
  if (leg["direction"] !== "inbound" && leg["status"] === "ringing")
    made.append(button("button.good", word("pick_up"), () => void act(sid, "pick-up")), button("button", word("decline"), () => void act(sid, "decline")));
  if (leg["status"] === "in-progress" && !far(leg).startsWith("client:")) made.append(keypad(sid), speaking(sid));
  made.append(button("button.end", word("hang_up"), () => void act(sid, "hang-up")));
  if (far(leg).startsWith("client:")) made.append(button("button", word("vanish"), () => void act(sid, "vanish")));
  return made;
}

/** @param {string} sid */
function keypad(sid) {
  const made = make("div.keys", ...KEYS.map((key) => button("button", key, () => void act(sid, "press", { keys: key }))));
  made.setAttribute("role", "group");
  made.setAttribute("aria-label", word("keys"));
  made.title = word("keyboard");
  return made;
}

/** @param {string} sid */
function speaking(sid) {
  const words = /** @type {HTMLInputElement} */ (make("input"));
  Object.assign(words, { name: "words", maxLength: 300, placeholder: word("say_what"), autocomplete: "off" });
  words.setAttribute("aria-label", word("say_what"));
  words.dataset["focus"] = "words";
  const made = make("form.speak", words, make("button", word("speak")));
  made.addEventListener("submit", (event) => {
    event.preventDefault();
    if (words.value.trim()) void act(sid, "say", { text: words.value }).then((done) => done && (words.value = ""));
  });
  return made;
}

/* Queues and rooms */

/** @param {Shown} queue */
function queue(queue) {
  const draw = () => make("article.group", make("h3", queue["name"]), make("ol", ...queue["members"].map(waiting)));
  return { key: queue["sid"], shown: [queue, queue["members"].map((/** @type {Shown} */ one) => who(one["call"]))], draw };
}

/** @param {Shown} member */
const waiting = (member) => make("li", chip(member["call"]), make("span.quiet", word("waits"), " ", counting(member["since"], "span")));

/** @param {string} sid */
export const chip = (sid) => button("button.chip", who(sid), () => choose(sid), `chip ${sid}`);

/** @param {Shown} room */
function room(room) {
  const heard = /** @type {[string, string][]} */ (room["heard"]);
  const busy = word(room["status"] === "in-progress" ? "room_busy" : "init");
  const members = /** @type {Shown[]} */ (room["participants"]);
  const draw = () => make("article.group",
    make("h3", room["name"], make("span.quiet", busy)),
    make("ul", ...members.map((one) => member(one, heard)), ...room["coming"].map((/** @type {string} */ sid) => make("li", chip(sid), make("span.quiet", word("coming"))))));
  return { key: room["sid"], shown: [room, members.map((one) => [who(one["call"]), legs.get(one["call"])?.["hears"]?.kind])], draw };
}

/** @param {Shown} one @param {[string, string][]} heard */
function member(one, heard) {
  const people = heard.filter(([, listener]) => listener === one["call"]).map(([speaker]) => who(speaker));
  const sound = legs.get(one["call"])?.["hears"]?.kind;
  const else_ = one["music"] || sound === "music" ? word("hears_music") : word("hears_nobody");
  const marks = ["hold", "muted", "coaching"].filter((mark) => one[mark]).map((mark) => make("span.mark", word(mark)));
  return make("li", chip(one["call"]), make("span.label", one["label"]), ...marks, make("span.to", `${word("hears")} `, make(people.length ? "b" : "span", people.join(word("and")) || else_)));
}

/** A digit pressed while a call is chosen goes to that call. @param {KeyboardEvent} event */
export function type(event) {
  const typing = event.target instanceof Element && event.target.matches("input, textarea, select");
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const leg = legs.get(chosen.sid);
  if (KEYS.includes(event.key) && leg && isLive(leg)) void act(chosen.sid, "press", { keys: event.key });
  else if (event.key === "Escape" && chosen.sid) choose(chosen.sid);
  else if (event.key === "ArrowDown" || event.key === "ArrowUp") move(event);
}

/** @param {KeyboardEvent} event between the cards of calls */
function move(event) {
  const tops = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(".leg .top")]);
  const at = tops.findIndex((one) => one === document.activeElement);
  if (at < 0) return;
  event.preventDefault();
  tops[at + (event.key === "ArrowDown" ? 1 : -1)]?.focus();
}
