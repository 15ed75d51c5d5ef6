/* Keeps every place on the page true: a nudge names what changed, the places that show it fetch themselves again. */
import { behave } from "./behave";
import { merge } from "./merge";
import { Refusal, fragment } from "./server";

/** What the server sends: never content, only names. ids is {"ticket": 42, "queue": [3, 4]}. */
export interface Nudge {
  name: string;
  ids: Record<string, number | number[]>;
}

const TOGETHER_FOR = 80; // several nudges of one transaction arrive together
const AT_MOST_EVERY = 900; // a flood of nudges must not become a flood of requests
const SAFETY_NET = 60_000;
let last = new WeakMap<HTMLElement, string>(); // what each place showed, so that equal HTML costs nothing
const waiting = new WeakMap<HTMLElement, number>();
const loadedAt = new WeakMap<HTMLElement, number>();
const inFlight = new WeakSet<HTMLElement>();
const underWay = new Set<string[]>(); // topics that were refreshed while a page is fetched
let checkedAt = Date.now();

/** Refetch whatever shows one of the nudge's subjects. */
export function nudged(nudge: Nudge): void {
  const { ids } = nudge;
  document.dispatchEvent(new CustomEvent("cc:nudge", { detail: nudge }));
  refreshTopics(Object.entries(ids).flatMap(([noun, id]) => [id].flat().map((one) => `${noun}:${one}`)), "call" in ids);
}

/** A page that is under way may not hold what changes meanwhile: that is refreshed once more when it is there. */
export async function catchUp(page: Promise<void>): Promise<void> {
  const missed: string[] = [];
  underWay.add(missed);
  await page.finally(() => underWay.delete(missed));
  if (missed.length) refreshTopics(missed);
}

/** How a call goes concerns few places: those with data-no-calls show nothing of it. */
export function refreshTopics(topics: string[], isCall = false): void {
  for (const missed of underWay) missed.push(...topics);
  const asked = new Set([...topics, ...topics.map((topic) => `${topic.split(":")[0]}:*`)]);
  for (const place of places()) {
    if (isCall && "noCalls" in place.dataset) continue;
    if ((place.dataset["refresh"] ?? "").split(/\s+/).some((topic) => asked.has(topic))) soon(place);
  }
}

/** Refetch everything that is on the page, spread over *within* ms so that many desks do not knock at once. */
export function refreshAll(within = 0): void {
  checkedAt = Date.now();
  for (const place of places()) refresh(place, Math.random() * within);
}

/** After a nudge: at once if the place has been quiet, else when its turn comes; more nudges do not put it off. */
function soon(place: HTMLElement): void {
  if (waiting.has(place)) return;
  const quietFor = Date.now() - (loadedAt.get(place) ?? 0);
  refresh(place, Math.max(TOGETHER_FOR, AT_MOST_EVERY - quietFor));
}

/** Fetch one place again; calls that come close together become one, and at most one is under way. */
export function refresh(place: HTMLElement, delay = TOGETHER_FOR): void {
  clearTimeout(waiting.get(place));
  waiting.set(place, window.setTimeout(() => (waiting.delete(place), void load(place)), delay));
}

const places = (): NodeListOf<HTMLElement> => document.querySelectorAll<HTMLElement>("[data-src][data-refresh]");

async function load(place: HTMLElement): Promise<void> {
  const url = place.dataset["src"];
  if (!url || !place.isConnected) return;
  if (inFlight.has(place)) return refresh(place);
  inFlight.add(place);
  loadedAt.set(place, Date.now());
  try {
    const html = await fragment(url);
    if (place.isConnected && place.dataset["src"] === url && last.get(place) !== html) {
      last.set(place, html);
      merge(place, html);
    }
  } catch (problem) {
    // gone or no longer ours: the next nudge of its list removes it. No connection: the strip says so.
    if (problem instanceof Refusal && problem.status >= 500) refresh(place, SAFETY_NET / 4);
  } finally {
    inFlight.delete(place);
  }
}

behave("[data-src][data-load]", (place) => refresh(place, 0));

setInterval(() => {
  if (!document.hidden && Date.now() - checkedAt >= SAFETY_NET) refreshAll(SAFETY_NET / 10);
}, 5000);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && Date.now() - checkedAt >= SAFETY_NET) refreshAll();
});
document.addEventListener("cc:shown", () => (last = new WeakMap())); // a visit has drawn them anew
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target instanceof HTMLElement) last.delete(event.target);
});
