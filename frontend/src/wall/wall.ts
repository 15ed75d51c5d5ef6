/* The wallboard: listens to its pictures, draws the one whose turn it is, and never pretends that old figures are new. */
import { io } from "socket.io-client";
import { on } from "../behave";
import "../dialogs";
import { startKeys } from "../keys";
import "../menus";
import { dating, language, word } from "../words";
import { drawLists, tickLists } from "./lists";
import { now, type Picture, setAhead, span, TILES, type Tile, Tone, type Trend } from "./shape";
import { chime, startSound } from "./sound";
import { drawTiles, say, tickTiles } from "./tiles";
import { told, Turns, written } from "./views";

const FRESH = 2500; // milliseconds: older figures are not called live
const TREND = 240; // points: the last four hours
const IDLE_AFTER = 4000;
const body = document.body;
const pictures = new Map<string, Picture>();
const trends = new Map<string, Trend>(); // sent whole at joining; every picture goes on with them
const heard = new Map<string, Partial<Record<Tile, Tone>>>(); // the tones of each view, the last time
let keys = new Map<string, string>(); // view as written → key of its pictures
let receivedAt: number | undefined;
let turnedAt = Date.now();
let isGone = false;

const socket = io({ transports: ["websocket"], reconnectionDelay: 500, reconnectionDelayMax: 3000, auth: { wall: body.dataset["keyOfLink"] ?? "" } });
const turns = new Turns(body, (isOther) => {
  turnedAt = Date.now();
  if (isOther) {
    if (!body.dataset["keyOfLink"]) history.replaceState(null, "", location.pathname + turns.search);
    void watch();
  }
  showTurns();
  draw();
});

socket.on("connect", () => void watch());
socket.on("wall.changed", () => void watch());
socket.on("wall.gone", () => ((isGone = true), (document.querySelector<HTMLElement>("[data-wall-gone]") as HTMLElement).hidden = false));
socket.on("wall", (made: Picture) => take(made));

async function watch(): Promise<void> {
  const views = turns.written;
  const answer = (await socket.timeout(5000).emitWithAck("wall.watch", { views }).catch(() => undefined)) as { keys: string[]; pictures: Picture[]; trends: Record<string, Trend> } | undefined;
  if (!answer) return;
  keys = new Map(answer.keys.map((key, place) => [views[place] ?? "", key]));
  for (const [key, trend] of Object.entries(answer.trends)) trends.set(key, trend);
  for (const key of pictures.keys()) if (!answer.keys.includes(key)) (pictures.delete(key), trends.delete(key));
  for (const picture of answer.pictures) take(picture);
  draw();
}

function take(made: Picture): void {
  receivedAt = performance.now();
  setAhead(made.at);
  pictures.set(made.key, made);
  goOn(made);
  listen(made);
  if (made.key === keys.get(written(turns.view))) draw();
}

/** The point of this minute takes the place of what it was a second ago; the oldest goes. */
function goOn({ key, point }: Picture): void {
  const trend = trends.get(key) ?? [];
  if (trend.at(-1)?.[0] === point[0]) trend.pop();
  trends.set(key, [...trend, point].slice(-TREND));
}

/** Whatever begins to warn or to alarm is said, and sounds if its limit says so; whichever view is shown. */
function listen(made: Picture): void {
  const before = heard.get(made.key);
  heard.set(made.key, Object.fromEntries(TILES.map((tile) => [tile, made[tile].tone])));
  if (!before) return;
  for (const tile of TILES) {
    const [was, is] = [before[tile] ?? Tone.CALM, made[tile].tone];
    if (is === was) continue;
    const name = document.querySelector(`#wall-${tile} [data-label]`)?.textContent ?? "";
    say(document.getElementById("wall-voice"), word(is === Tone.ALARM ? "alarm" : is === Tone.WARN ? "warning" : "calm", name));
    if (is > was && made[tile].sounds) chime(is === Tone.ALARM);
  }
}

const current = (): Picture | undefined => pictures.get(keys.get(written(turns.view)) ?? "");

function draw(): void {
  const made = current();
  say(document.querySelector("[data-wall-title]"), told(turns.view));
  body.classList.toggle("is-empty", !made);
  if (!made) return;
  drawTiles(made, trends.get(made.key) ?? []);
  drawLists(made);
}

/** Clock, age of the figures, running times; and the next view when its time has come. */
function tick(): void {
  const made = current();
  if (made) {
    tickTiles(made);
    tickLists();
  }
  showClock();
  showAge();
  if (turns.all.length > 1 && !turns.isHeld && Date.now() - turnedAt >= turns.every * 1000) turns.step(1);
}

function showClock(): void {
  const zone = { timeZone: body.dataset["wallZone"] ?? "UTC" };
  const at = new Date(now());
  say(document.querySelector("[data-wall-clock]"), new Intl.DateTimeFormat(language(), { ...zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(at));
  const city = (zone.timeZone.split("/").pop() ?? "").replaceAll("_", " ");
  const day = new Intl.DateTimeFormat(dating(), { ...zone, weekday: "short", day: "numeric", month: "short" }).format(at);
  say(document.querySelector("[data-wall-date]"), language().startsWith("zh") ? day : `${day}, ${city}`);
}

function showAge(): void {
  const age = receivedAt === undefined ? undefined : performance.now() - receivedAt;
  const isLost = !socket.connected;
  const isStale = isGone || isLost || age === undefined || age > FRESH;
  body.classList.toggle("is-stale", isStale && age !== undefined);
  body.classList.toggle("is-lost", isGone || (isLost && age !== undefined));
  const seconds = Math.floor((age ?? 0) / 1000);
  say(document.querySelector("[data-wall-age]"), isGone ? word("gone") : age === undefined ? word(isLost ? "lost_first" : "first")
    : isLost ? word("lost", span(seconds)) : isStale ? word("stale", span(seconds)) : seconds ? word("live_ago", seconds) : word("live_now"));
}

function showTurns(): void {
  const { view } = turns;
  for (const button of document.querySelectorAll<HTMLElement>("[data-wall-channel]")) press(button, button.dataset["wallChannel"] === view.channel);
  for (const button of document.querySelectorAll<HTMLElement>("[data-wall-tier]")) press(button, button.dataset["wallTier"] === view.tier);
  for (const box of document.querySelectorAll<HTMLInputElement>("input[data-wall-queue]")) box.checked = view.queues.includes(Number(box.dataset["wallQueue"]));
  document.querySelector("[data-wall-turns]")?.replaceChildren(...turns.listed());
  const acts = document.querySelector<HTMLElement>("[data-wall-turning]");
  if (acts) acts.hidden = turns.all.length < 2;
  document.querySelector("[data-wall-hold]")?.setAttribute("aria-pressed", String(turns.isHeld));
  const link = document.querySelector<HTMLAnchorElement>("[data-wall-link]");
  if (link) link.href = (link.dataset["wallLink"] ?? "") + turns.search;
}

function press(button: HTMLElement, isOn: boolean): void {
  button.setAttribute("aria-pressed", String(isOn));
  button.toggleAttribute("aria-current", isOn);
  if (isOn) button.setAttribute("aria-current", "true");
}

on("click", "[data-wall-channel]", (button) => turns.set({ channel: button.dataset["wallChannel"] ?? "" }));
on("click", "[data-wall-tier]", (button) => turns.set({ tier: button.dataset["wallTier"] ?? "" }));
on("click", "button[data-wall-queue]", () => turns.set({ queues: [] }));
on("change", "input[data-wall-queue]", () => {
  const ticked = document.querySelectorAll<HTMLInputElement>("input[data-wall-queue]:checked");
  turns.set({ queues: [...ticked].map((box) => Number(box.dataset["wallQueue"])) });
});
on("click", "[data-wall-add]", () => turns.add());
on("click", "[data-wall-go]", (button) => turns.step(Number(button.dataset["wallGo"]) - turns.at));
on("click", "[data-wall-drop]", (button) => turns.remove(Number(button.dataset["wallDrop"])));
on("change", "[data-wall-every]", (field) => {
  turns.every = Math.min(3600, Math.max(5, Number((field as HTMLInputElement).value) || 20));
  history.replaceState(null, "", location.pathname + turns.search);
});
on("click", "[data-wall-step]", (button) => turns.step(Number(button.dataset["wallStep"])));
on("click", "[data-wall-hold]", () => {
  turns.isHeld = !turns.isHeld;
  turnedAt = Date.now();
  showTurns();
});
on("click", "[data-wall-full]", () => void (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen().catch(() => undefined)));

/** The bar gives its place to the figures in full screen, and on a television, until somebody moves. */
let idle = 0;
function stir(): void {
  body.classList.remove("is-idle");
  clearTimeout(idle);
  idle = window.setTimeout(() => body.classList.toggle("is-idle", !document.querySelector(".menu:popover-open, dialog[open], .wall-bar :focus-visible")), IDLE_AFTER);
}
for (const gesture of ["pointermove", "pointerdown", "keydown", "focusin"] as const) document.addEventListener(gesture, stir, { passive: true });

startKeys();
const soundButton = document.querySelector<HTMLElement>("[data-wall-sound]");
if (soundButton) startSound(soundButton);
showTurns();
showAge();
showClock();
stir();
setInterval(tick, 500);
