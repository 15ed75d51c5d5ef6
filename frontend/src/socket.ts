/* The one WebSocket: nudges in, "I am looking at this ticket" out, and honesty about a lost connection. */
import { io } from "socket.io-client";
import { behave } from "./behave";
import { nudged, refreshAll } from "./live";
import { make } from "./marks";
import { clock } from "./timers";
import { listed, word } from "./words";

interface Person {
  id: number;
  name: string;
  initials: string;
  typing: boolean;
}

const PATIENCE = 3000; // shorter drops are nobody's business
const HERE_EVERY = 60_000; // the server forgets a silent tab after a few minutes
const TYPING_FOR = 4000;
const ANSWER_WITHIN = 5000;
const me = (): number => Number(document.body.dataset["agent"] ?? 0);

const socket = io({ transports: ["websocket"], reconnectionDelay: 500, reconnectionDelayMax: 5000, randomizationFactor: 0.5 });
let lostAt: number | undefined;
let wasConnected = false;
let typedAt = 0;

export const isConnected = (): boolean => lostAt === undefined || Date.now() - lostAt < PATIENCE;

socket.on("nudge", nudged);
socket.on("viewers", ({ ticket, people }: { ticket: number; people: Person[] }) => showViewers(ticket, people));
socket.on("connect", () => {
  lostAt = undefined;
  for (const page of document.querySelectorAll<HTMLElement>("[data-watch]")) watch(page);
  if (wasConnected) refreshAll(1000);
  wasConnected = true;
  showConnection();
});
socket.on("rejoin", () => {
  socket.emit("rejoin");
  refreshAll(1000);
});
socket.on("disconnect", lost);
socket.on("connect_error", lost);
window.addEventListener("offline", () => socket.disconnect());
window.addEventListener("online", () => socket.connect());
window.addEventListener("pagehide", () => socket.disconnect());
window.addEventListener("pageshow", (event) => event.persisted && socket.connect());

/** Ask the server something over the socket. */
export const ask = <T>(event: string, what: object): Promise<T> => socket.timeout(ANSWER_WITHIN).emitWithAck(event, what) as Promise<T>;

/** Listen to an event of the socket. */
export function onSocket<T>(event: string, hear: (what: T) => void): void {
  socket.on(event, hear as () => void);
}
onSocket.id = (): string | undefined => socket.id;

function lost(): void {
  lostAt ??= Date.now();
}

/** The amber strip after three seconds, with the time it has lasted, and the word beside the dot. */
function showConnection(): void {
  const off = !isConnected();
  const strip = document.getElementById("offline");
  const since = lostAt === undefined ? "" : clock((Date.now() - lostAt) / 1000);
  if (strip) strip.hidden = !off;
  for (const time of document.querySelectorAll("[data-offline]")) time.textContent = since;
  for (const mark of document.querySelectorAll<HTMLElement>("[data-live]")) {
    mark.classList.toggle("is-off", off);
    mark.dataset["live"] = socket.connected ? "on" : "";
    const text = off ? `${word("offline")} ${since}` : word("live");
    const label = mark.querySelector("[data-live-word]") ?? mark.appendChild(make("span", { "data-live-word": "" }));
    if (label.textContent !== text) label.textContent = text;
  }
  if (document.body.classList.contains("is-offline") !== off) {
    document.body.classList.toggle("is-offline", off);
    document.dispatchEvent(new CustomEvent("cc:connection", { detail: !off }));
  }
}
setInterval(showConnection, 1000);

const ticketOf = (page: HTMLElement): number => Number(page.dataset["watch"]);

function watch(page: HTMLElement, typing = false): void {
  if (socket.connected && page.isConnected) socket.emit("watch", { ticket: ticketOf(page), typing });
}

behave("[data-watch]", (page) => {
  watch(page);
  const here = setInterval(() => !document.hidden && watch(page), HERE_EVERY);
  return () => {
    clearInterval(here);
    if (!document.querySelector("[data-watch]")) socket.emit("unwatch"); // the next ticket's own "watch" moves us
  };
});
behave("[data-live]", () => showConnection());

/** Tell colleagues on the same ticket that somebody types; "stopped" follows by itself. */
export function typing(): void {
  const page = document.querySelector<HTMLElement>("[data-watch]");
  if (!page || !socket.connected || Date.now() - typedAt < TYPING_FOR / 2) return;
  const stamp = (typedAt = Date.now());
  watch(page, true);
  setTimeout(() => typedAt === stamp && watch(page), TYPING_FOR);
}

function showViewers(ticket: number, people: Person[]): void {
  const others = people.filter((person) => person.id !== me());
  for (const place of document.querySelectorAll<HTMLElement>(`[data-watch="${ticket}"] [data-viewers], [data-watch="${ticket}"][data-viewers]`)) {
    const faces = others.slice(0, 3).map((one) => make("span", { class: "avatar avatar-s avatar-quiet", title: one.name }, one.initials));
    const writers = others.filter((person) => person.typing);
    const said = writers.length ? `${listed(writers.map((one) => one.name.split(" ")[0] ?? ""))} ${word("typing")}` : word("viewing");
    place.replaceChildren(...(others.length ? [make("span", { class: "avatars" }, ...faces), said] : []));
    place.setAttribute("aria-label", listed(others.map((one) => `${one.name} ${word(one.typing ? "typing" : "viewing")}`)));
  }
}
