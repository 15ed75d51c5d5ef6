/* The tiles: one number each, how bad it is in colour, icon and words, and one line of why. */
import { icon, make } from "../marks";
import { word } from "../words";
import { line, spark } from "./lines";
import { secondsSince, share, span, TILES, type Picture, type Tile, Tone, type Trend } from "./shape";

type Foot = [tone: "ok" | "quiet" | "bad", text: string];

const box = (tile: Tile): HTMLElement => document.querySelector<HTMLElement>(`[data-tile="${tile}"]`) as HTMLElement;

/** Write text only where it differs: the wall is repainted every second, for hours. */
export function say(place: HTMLElement | null, text: string): void {
  if (place && place.textContent !== text) place.textContent = text;
}

/** Draw every tile of *made*. */
export function drawTiles(made: Picture, trend: Trend): void {
  for (const tile of TILES) {
    const place = box(tile);
    const { tone } = made[tile];
    place.classList.toggle("is-warn", tone === Tone.WARN);
    place.classList.toggle("is-alarm", tone === Tone.ALARM);
    if (tile !== "level" && tile !== "due") {
      value(place, VALUES[tile](made));
      foot(place, FEET[tile](made), tone);
    }
    say(document.querySelector(`[data-sum="${tile}"]`), SUMS[tile]?.(made) ?? "");
  }
  label("asa", made.asa.channel);
  label("aht", made.aht.channel);
  level(made);
  spark(box("waiting").querySelector("[data-spark]"), made.day, trend, word("waiting_points", made.waiting.n));
}

/** What runs by itself: the longest wait. */
export function tickTiles(made: Picture): void {
  value(box("longest"), VALUES.longest(made));
}

function value(place: HTMLElement, [number, unit]: [string, string]): void {
  const text = place.querySelector<HTMLElement>("[data-value]");
  if (text && text.dataset["shown"] !== number + unit) {
    text.dataset["shown"] = number + unit;
    text.replaceChildren(number, ...(unit ? [make("small", {}, unit)] : []));
  }
}

function foot(place: HTMLElement, [tone, text]: Foot, level: Tone): void {
  const line = place.querySelector<HTMLElement>("[data-foot]");
  const key = `${level}${tone}${text}`;
  if (!line || line.dataset["shown"] === key) return;
  line.dataset["shown"] = key;
  const glyph = level === Tone.ALARM ? "alert-triangle" : level === Tone.WARN ? "clock" : tone === "ok" ? "check" : "";
  line.className = `wall-foot ${level === Tone.ALARM ? "bad" : level === Tone.WARN ? "warn" : tone === "ok" ? "good" : ""}`;
  line.replaceChildren(...(glyph ? [icon(glyph)] : []), make("span", {}, text));
}

function label(tile: "asa" | "aht", channel: string): void {
  say(box(tile).querySelector("[data-label]"), channel ? word(`${tile}_of`, word(`channel_${channel}`)) : word(tile));
}

const percent = (number: number | null): [string, string] => (number === null ? ["–", ""] : [share(number), "%"]);
const length = (seconds: number | null): [string, string] => [seconds === null ? "–" : span(seconds), ""];

const VALUES: Record<Exclude<Tile, "level" | "due">, (made: Picture) => [string, string]> = {
  waiting: ({ waiting }) => [String(waiting.n), ""],
  longest: ({ longest }) => [longest.since ? span(secondsSince(longest.since)) : "–", ""],
  asa: ({ asa }) => length(asa.value),
  aht: ({ aht }) => length(aht.value),
  abandoned: ({ abandoned }) => percent(abandoned.value),
  csat: ({ csat }) => (csat.n && csat.n < csat.enough ? [word("satisfied_of", csat.satisfied, csat.n), ""] : percent(csat.value)),
};

const FEET: Record<Exclude<Tile, "level" | "due">, (made: Picture) => Foot> = {
  waiting: ({ waiting }) => [waiting.n ? "quiet" : "ok", waiting.n ? tiers(waiting.tiers) : word("nobody_waits")],
  longest: ({ longest }) => {
    if (!longest.queue || !longest.since) return ["ok", word("nobody_waits")];
    const edge = edgeOf(longest);
    if (longest.tone !== Tone.CALM && edge !== undefined) return ["bad", `${word("over", span((edge / 100) * (longest.target ?? 0)))} · ${longest.queue}`];
    const isIn = secondsSince(longest.since) <= (longest.target ?? 0);
    return [isIn ? "ok" : "quiet", `${word(isIn ? "within" : "beyond", span(longest.target ?? 0))} · ${longest.queue}`];
  },
  asa: ({ asa }) => judged(asa, span, word("answered", asa.n), asa.n === 0),
  aht: ({ aht }) => {
    const parts = aht.channel === "phone" ? word("parts_of_handling", span(aht.talk ?? 0), span(aht.hold ?? 0), span(aht.wrap ?? 0)) : word("handled", aht.n);
    return aht.tone === Tone.CALM ? ["quiet", aht.n ? parts : word("handled", 0)] : judged(aht, span, word("handled", aht.n), false);
  },
  abandoned: ({ abandoned }) => abandoned.is_few ? ["quiet", abandoned.of ? word("few", abandoned.n, abandoned.of) : word("nobody_yet")]
    : judged(abandoned, (edge) => `${share(edge)}%`, word("of_all", abandoned.n, abandoned.of), false),
  csat: ({ csat }) => csat.n === 0 ? ["quiet", word("no_answers")] : csat.n < csat.enough ? ["quiet", word("few_answers", csat.enough)]
    : [csat.tone === Tone.CALM ? "ok" : "bad", word("interval", csat.n, Math.round((csat.low ?? 0) * 100), Math.round((csat.high ?? 0) * 100))],
};

const edgeOf = (of: { tone: Tone; warn?: number; alarm?: number }): number | undefined => (of.tone === Tone.ALARM ? of.alarm : of.warn);

/** "over 5% · 11 of 423", with the limit that was passed, or the one that was not. */
function judged(of: { tone: Tone; warn?: number; alarm?: number }, written: (edge: number) => string, rest: string, isEmpty: boolean): Foot {
  const edge = edgeOf(of);
  if (edge === undefined || isEmpty) return ["quiet", rest];
  return [of.tone === Tone.CALM ? "ok" : "bad", `${word(of.tone === Tone.CALM ? "below" : "over", written(edge))} · ${rest}`];
}

function tiers(counts: Record<string, number>): string {
  const known = Object.keys(counts).sort((a, b) => (a || "Z").localeCompare(b || "Z"));
  return known.map((tier) => `${counts[tier]} ${tier || word("unknown_tier")}`).join(" · ");
}

const SUMS: Partial<Record<Tile, (made: Picture) => string>> = {
  level: ({ level }) => level.value === null ? "" : word("sum_level", level.in_time, level.answered, level.abandoned, level.short, `${share(level.value)}%`),
  abandoned: ({ abandoned }) => abandoned.value === null ? "" : word("sum_share", abandoned.n, abandoned.of, `${share(abandoned.value)}%`),
  asa: ({ asa }) => asa.value === null ? "" : word("sum_mean", span(asa.value), asa.n),
  aht: ({ aht }) => aht.value === null ? "" : word("sum_mean", span(aht.value), aht.n),
  csat: ({ csat }) => csat.n === 0 ? "" : word("sum_share", csat.satisfied, csat.n, csat.n < csat.enough ? "–" : `${share(csat.value ?? 0)}%`),
};

/** The big one: the service level beside its target, with the day's line. */
function level({ day, level: made }: Picture): void {
  const place = box("level");
  value(place, percent(made.value));
  const off = made.value === null || made.target === null ? 0 : Math.round(made.value - made.target);
  const verdict = place.querySelector<HTMLElement>("[data-verdict]");
  const text = made.value === null ? "" : off < 0 ? word("under", -off) : off > 0 ? word("above", off) : word("met");
  if (verdict && verdict.dataset["shown"] !== text) {
    verdict.dataset["shown"] = text;
    verdict.replaceChildren(...(text ? [icon(off < 0 ? "trending-down" : off > 0 ? "trending-up" : "check"), text] : []));
  }
  say(place.querySelector("[data-target]"), made.target === null ? "" : word("target", `${share(made.target)}%`));
  const told = made.of === 0 ? word("nobody_yet") : made.seconds ? word("in_time", made.in_time, made.of, span(made.seconds)) : word("in_targets", made.in_time, made.of);
  say(place.querySelector("[data-foot]"), told);
  line(place.querySelector("[data-line]"), day, made.points, made.target, word("level_points", made.value === null ? "–" : `${share(made.value)}%`, made.target === null ? "–" : `${share(made.target)}%`));
}
