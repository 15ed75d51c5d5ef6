/* Times that tick in the browser. data-since counts up, data-until counts down and turns amber, then red. */
import { dating, word } from "./words";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const two = (n: number): string => String(n).padStart(2, "0");

/** Seconds as 0:42, 12:05. */
export const clock = (seconds: number): string => `${Math.floor(seconds / MINUTE)}:${two(Math.floor(seconds % MINUTE))}`;

const hours = (seconds: number): string => `${Math.floor(seconds / HOUR)}:${two(Math.floor((seconds % HOUR) / MINUTE))}`;

/** How long something has lasted, as a person would say it: 0:42, 6 min, 2 h 14, 3 d. */
export function lasted(seconds: number): string {
  if (seconds < MINUTE) return clock(Math.max(0, seconds));
  if (seconds < HOUR) return word("min", Math.floor(seconds / MINUTE));
  if (seconds < DAY) return word("hours", Math.floor(seconds / HOUR), Math.floor((seconds % HOUR) / MINUTE));
  return word("days", Math.floor(seconds / DAY));
}

/** data-style of a time that counts up: presence 1:12 (hours), a call 4:37 (minutes), a wait 6 min. */
const STYLES: Record<string, (seconds: number) => string> = {
  clock: (seconds) => (seconds < DAY ? hours(seconds) : lasted(seconds)),
  talk: (seconds) => (seconds < HOUR ? clock(seconds) : hours(seconds)),
  wait: lasted,
};

/** When something is due: −0:16, 0:14, 2:05, Tomorrow, Thu, 3 Dec. */
export function due(until: Date, now: Date): string {
  const left = (until.getTime() - now.getTime()) / 1000;
  if (left < 0) return -left < DAY ? `−${hours(-left)}` : `−${word("days", Math.floor(-left / DAY))}`;
  const days = dayNumber(until) - dayNumber(now);
  if (days === 0) return hours(left);
  if (days === 1) return word("tomorrow");
  return formatted(until, days < 7 ? { weekday: "short" } : { day: "numeric", month: "short" });
}

const zone = (): string | undefined => document.documentElement.dataset["zone"] || undefined;

function formatted(at: Date, options: Intl.DateTimeFormatOptions): string {
  const timeZone = zone();
  return new Intl.DateTimeFormat(dating(), timeZone ? { ...options, timeZone } : options).format(at);
}

function dayNumber(at: Date): number {
  const timeZone = zone();
  const [year, month, day] = new Intl.DateTimeFormat("en-CA", timeZone ? { timeZone } : {}).format(at).split("-").map(Number);
  return Date.UTC(year ?? 0, (month ?? 1) - 1, day ?? 1) / (DAY * 1000);
}

function counted(time: HTMLElement, now: Date): string {
  const until = time.dataset["until"];
  if (until) {
    const at = new Date(until);
    colour(time, now >= at ? "bad" : now >= new Date(time.dataset["warn"] ?? until) ? "warn" : "");
    if (time.dataset["style"] === "seconds") return clock(Math.max(0, (at.getTime() - now.getTime()) / 1000));
    return time.dataset["style"] === "left" ? lasted((at.getTime() - now.getTime()) / 1000) : due(at, now);
  }
  const seconds = (now.getTime() - new Date(time.dataset["since"] ?? "").getTime()) / 1000;
  const { bad, warn } = time.dataset;
  if (bad || warn) colour(time, bad && now >= new Date(bad) ? "bad" : warn && now >= new Date(warn) ? "warn" : "");
  return STYLES[time.dataset["style"] ?? "wait"]?.(Math.max(0, seconds)) ?? lasted(seconds);
}

function colour(time: HTMLElement, tone: string): void {
  time.classList.toggle("bad", tone === "bad");
  time.classList.toggle("warn", tone === "warn");
}

/** Bring every ticking time up to date. */
export function tick(): void {
  const now = new Date();
  for (const time of document.querySelectorAll<HTMLElement>("time[data-since], time[data-until]")) {
    const text = counted(time, now);
    if (text !== time.textContent) time.textContent = text;
  }
}

setInterval(() => !document.hidden && tick(), 1000);
document.addEventListener("visibilitychange", tick);
document.addEventListener("cc:merged", tick);
document.addEventListener("htmx:afterSwap", tick);
document.addEventListener("DOMContentLoaded", tick);
