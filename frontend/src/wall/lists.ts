/* The three lists below: queues, agents by what they do, and what is due. Times in them run by themselves. */
import { icon, make } from "../marks";
import { word } from "../words";
import { type Crew, type Person, type Picture, type Queue, secondsSince, share, span, Tone } from "./shape";
import { say } from "./tiles";

const TIERS = ["A", "B", "C", "D"];
const QUEUES = 7; // that fit
const LINES = 12; // of one column of agents
const CHANNELS: Record<string, string> = { phone: "phone", email: "mail", web: "world", sms: "message-2" };
const GLYPHS: Record<string, string> = {
  NOT_RESPONDING: "bell-off", RINGING: "bell-ringing", TALKING: "phone-call", HOLDING: "phone-pause", WRAPPING: "pencil",
  WRITING: "mail", READY: "circle-check", NO_DESK: "device-desktop-off", FINISHING: "hourglass", AWAY: "coffee",
};
const TIMED: Record<string, string> = { TALKING: "TALK", HOLDING: "TALK", WRAPPING: "WRAP", AWAY: "AWAY" };
const shown = new WeakMap<Element, string>();

/** Put *parts* into *place* unless the same stand there. */
function put(place: Element | null, stamp: unknown, parts: () => (Node | string)[]): void {
  const key = JSON.stringify(stamp);
  if (!place || shown.get(place) === key) return;
  shown.set(place, key);
  place.replaceChildren(...parts());
}

export function drawLists(made: Picture): void {
  queues(made);
  agents(made);
  dues(made);
  tickLists();
}

/** Let every running time on the wall show this second. */
export function tickLists(): void {
  for (const time of document.querySelectorAll<HTMLElement>("[data-run]")) {
    const seconds = secondsSince(time.dataset["run"] ?? "");
    const isDown = time.dataset["down"] !== undefined;
    say(time.querySelector("span") ?? time, isDown ? (seconds > 0 ? `−${span(seconds)}` : span(-seconds)) : span(seconds));
    const { warn, alarm } = time.dataset;
    if (!warn && !alarm) continue;
    const tone = alarm && seconds > Number(alarm) ? Tone.ALARM : warn && seconds > Number(warn) ? Tone.WARN : Tone.CALM;
    if (time.dataset["tone"] !== String(tone)) mark(time, tone);
  }
}

function mark(time: HTMLElement, tone: Tone): void {
  time.dataset["tone"] = String(tone);
  time.classList.toggle("warn", tone === Tone.WARN);
  time.classList.toggle("bad", tone === Tone.ALARM);
  time.querySelector(".icon")?.remove();
  if (tone !== Tone.CALM) time.prepend(icon(tone === Tone.ALARM ? "alert-triangle" : "clock"));
}

const running = (at: string, attributes: Record<string, string> = {}): HTMLElement => make("time", { "data-run": at, ...attributes }, make("span"));

function queues(made: Picture): void {
  const table = document.querySelector("[data-queues]");
  const chosen = most(made.queues);
  put(table, chosen, () => chosen.map(queueRow));
  const left = made.queues.length - chosen.length;
  say(document.querySelector("[data-queues-foot]"), left > 0 ? word("more_queues", left) : word("written"));
}

/** If not all fit: those that need somebody, in their usual order. */
function most(all: Queue[]): Queue[] {
  if (all.length <= QUEUES) return all;
  const need = (queue: Queue): number => queue.longest_tone * 1000 + queue.level_tone * 500 + Math.min(queue.n, 400);
  const first = new Set([...all].sort((a, b) => need(b) - need(a)).slice(0, QUEUES));
  return all.filter((queue) => first.has(queue));
}

function queueRow(queue: Queue): HTMLElement {
  const glyph = queue.channels.length === 1 ? CHANNELS[queue.channels[0] ?? ""] : undefined;
  const count = (tier: string): number => (queue.tiers[tier] ?? 0) + (tier === "D" ? (queue.tiers[""] ?? 0) : 0);
  const longest = queue.since ? running(queue.since) : make("span", { class: "wall-quiet" }, "–");
  longest.classList.add(...toned(queue.longest_tone));
  if (queue.longest_tone !== Tone.CALM) longest.prepend(icon(queue.longest_tone === Tone.ALARM ? "alert-triangle" : "clock"));
  const level = queue.level === null ? "–" : `${share(queue.level)}%`;
  return make("tr", {},
    make("th", { scope: "row" }, make("span", { class: "wall-row" }, icon(glyph ?? "inbox"), make("span", { class: "cut" }, queue.name))),
    ...TIERS.map((tier) => make("td", { class: count(tier) ? "" : "wall-zero" }, count(tier) ? String(count(tier)) : "·")),
    make("td", {}, longest),
    make("td", { class: queue.level === null ? "wall-quiet" : toned(queue.level_tone).join(" ") }, ...(queue.level_tone !== Tone.CALM ? [icon("arrow-down-right")] : []), level),
    make("td", { class: queue.n && !queue.free ? "bad" : "" }, String(queue.free)));
}

const toned = (tone: Tone): string[] => (tone === Tone.ALARM ? ["bad"] : tone === Tone.WARN ? ["warn"] : []);

function agents({ agents: groups, timers }: Picture): void {
  say(document.querySelector("[data-signed-in]"), word("signed_in", groups.reduce((sum, group) => sum + group.n, 0)));
  const place = document.querySelector("[data-agents]");
  place?.classList.toggle("is-short", groups.reduce((sum, group) => sum + group.n + 1, 0) <= LINES);
  put(place, [groups, timers], () => {
    if (!groups.length) return [make("p", { class: "wall-quiet" }, word("nobody_here"))];
    const room = rooms(groups.map((group) => group.people.length));
    return groups.map((group, at) => crew(group, room[at] ?? 1, timers[TIMED[group.doing] ?? ""] ?? {}));
  });
}

/** How many lines each group gets: the largest give way until all fit into two columns. */
function rooms(sizes: number[]): number[] {
  const given = [...sizes];
  const used = (): number => given.reduce((sum, lines) => sum + lines + 1, 0);
  while (used() > LINES * 2 && Math.max(...given) > 1) given[given.indexOf(Math.max(...given))] = Math.max(...given) - 1;
  return given;
}

function crew({ doing, n, people }: Crew, lines: number, edges: { warn?: number; alarm?: number }): HTMLElement {
  const limits = { ...(edges.warn ? { "data-warn": String(edges.warn) } : {}), ...(edges.alarm ? { "data-alarm": String(edges.alarm) } : {}) };
  const names = n > lines ? people.slice(0, Math.max(1, lines - 1)) : people;
  const rest = people[0]?.name === null ? 0 : n - names.length;
  const tone = doing === "READY" ? "good" : doing === "NOT_RESPONDING" ? "bad" : "";
  const line = (person: Person): HTMLElement =>
    make("li", {}, make("span", { class: "cut" }, person.name ?? "", ...(person.reason ? [make("small", {}, person.reason)] : [])), running(person.since, limits));
  return make("section", { class: "wall-crew-group", "aria-label": word(doing) },
    make("h3", { class: tone }, icon(GLYPHS[doing] ?? "user"), word(doing), make("span", { class: "end" }, String(n))),
    make("ul", {}, ...names.map(line), ...(rest > 0 ? [make("li", { class: "wall-quiet" }, word("more", rest))] : [])));
}

function dues({ due }: Picture): void {
  const place = document.querySelector('[data-tile="due"]');
  say(place?.querySelector("[data-value]") ?? null, String(due.n));
  put(place?.querySelector("[data-due]") ?? null, due.shown, () =>
    due.shown.length ? due.shown.slice(0, 5).map((one) => make("li", {},
      make("span", { class: `tier tier-${one.tier || "D"}` }, one.tier || "D"),
      make("span", { class: "grow" }, make("b", {}, one.ref), make("small", { class: "cut" }, `${word(one.target)} · ${one.owner ?? word("nobody")}`)),
      running(one.at, { "data-down": "", "data-warn": "-600", "data-alarm": "-300" })))
      : [make("li", { class: "wall-quiet" }, word("nothing_due"))]);
  const foot = place?.querySelector<HTMLElement>("[data-foot]") ?? null;
  put(foot, due.past, () => (due.past ? [icon("alert-triangle"), word("past_due", due.past)] : []));
  foot?.classList.toggle("warn", due.past > 0);
}
