/* What the server sends of one view (contact_center/wall/figures.py), and how times and shares are written on the wall. */
import { clock } from "../timers";
import { language, word } from "../words";

export const enum Tone { CALM, WARN, ALARM }

interface Judged {
  tone: Tone;
  warn?: number;
  alarm?: number;
  sounds?: boolean;
}
interface Share extends Judged {
  value: number | null;
}
export interface Queue {
  id: number;
  name: string;
  tiers: Record<string, number>;
  n: number;
  channels: string[];
  free: number;
  since: string | null;
  target: number;
  level: number | null;
  longest_tone: Tone;
  level_tone: Tone;
}
export interface Person {
  name: string | null;
  since: string;
  reason?: string;
}
export interface Crew {
  doing: string;
  n: number;
  people: Person[];
}
export interface Due {
  ref: string;
  tier: string;
  target: string;
  at: string;
  owner: string | null;
}
export interface Picture {
  key: string;
  at: string;
  day: string;
  waiting: Judged & { n: number; tiers: Record<string, number> };
  longest: Judged & { since?: string; queue?: string; target?: number };
  level: Share & { in_time: number; of: number; short: number; target: number | null; seconds: number | null; points: [number, number][]; is_few: boolean; answered: number; abandoned: number };
  abandoned: Share & { n: number; of: number; short: number; is_few: boolean };
  asa: Share & { n: number; channel: string };
  aht: Share & { n: number; channel: string; talk: number | null; hold: number | null; wrap: number | null };
  csat: Share & { n: number; satisfied: number; asked: number; low: number | null; high: number | null; enough: number };
  due: Judged & { n: number; past: number; shown: Due[] };
  queues: Queue[];
  agents: Crew[];
  timers: Record<string, { warn?: number; alarm?: number }>;
  point: [number, number]; // this minute, and how many wait
}

/** How many waited, by minute in seconds since 1970. */
export type Trend = [number, number][];

/** The tiles, in the order in which they are spoken of. */
export const TILES = ["level", "waiting", "longest", "asa", "aht", "abandoned", "csat", "due"] as const;
export type Tile = (typeof TILES)[number];

/** 0:42, 12:05, 2 h 06, 4 h, 3 d. */
export function span(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 3600) return clock(whole);
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  if (hours < 24) return minutes === 0 ? word("whole_hours", hours) : word("hours", hours, minutes);
  return word("days", Math.floor(whole / 86400));
}

/** A percentage without its sign; a decimal only where it says something. */
export const share = (value: number): string => new Intl.NumberFormat(language(), { maximumFractionDigits: value > 0 && value < 9.95 ? 1 : 0 }).format(value);

/** The difference between the server's clock and ours, in milliseconds: timers run by the server's. */
let ahead = 0;
export const setAhead = (at: string): void => void (ahead = new Date(at).getTime() - Date.now());
export const now = (): number => Date.now() + ahead;
export const secondsSince = (at: string): number => (now() - new Date(at).getTime()) / 1000;
