/* Live series: the day's service level against its target, and how many have waited over the last hours. */
import uPlot from "uplot";
import { language } from "../words";

export interface Series {
  points: [number, number][]; // seconds since 1970 and what was counted
  gap: number; // further apart, nobody looked meanwhile
  range: [number, number];
  target?: number;
  began: number; // the wall's day, from which the hours below are counted
  label: string;
}

interface Drawn {
  plot: uPlot;
  stamp: string;
}
const HOUR = 3600;
const STEPS = [0.25, 0.5, 1, 2, 3, 6, 12]; // hours between two labels
const LABEL = 104; // pixels of the wall from one label to the next, at least
const drawn = new Map<Element, Drawn>();
const shown = new Map<Element, Series>();

const colour = (place: Element): string => getComputedStyle(place).color;
/** A pixel of the wall as it was made; the places inherit 24 of them as their letters' size. */
const unit = (place: Element): number => parseFloat(getComputedStyle(place).fontSize) / 24;

/** Draw *series*, or go on with it; what is on the screen already is not drawn again. */
export function draw(place: HTMLElement | null, series: Series): void {
  if (!place) return;
  if (!shown.has(place)) sizes.observe(place);
  shown.set(place, series);
  place.setAttribute("role", "img");
  place.setAttribute("aria-label", series.label);
  const stamp = JSON.stringify([series.points, series.target, series.range, colour(place)]);
  const before = drawn.get(place);
  if (before?.stamp === stamp) return;
  if (series.points.length < 2 || !place.clientWidth) return clear(place);
  const plot = before?.plot ?? make(place);
  drawn.set(place, { plot, stamp });
  plot.setData(data(series));
}

function clear(place: Element): void {
  drawn.get(place)?.plot.destroy();
  drawn.delete(place);
}

const sizes = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const series = shown.get(target);
    clear(target);
    if (series) draw(target as HTMLElement, series);
  }
});

function data({ points, gap, target }: Series): uPlot.AlignedData {
  const [times, counts]: [number[], (number | null)[]] = [[], []];
  for (const [at, n] of points) {
    const before = times.at(-1);
    if (before !== undefined && at - before > gap) (times.push(before + 1), counts.push(null));
    times.push(at);
    counts.push(n);
  }
  return [times, counts, times.map(() => target ?? null)];
}

function make(place: HTMLElement): uPlot {
  const u = unit(place);
  const now = (): Series => shown.get(place) as Series;
  const stroke = (): string => colour(place);
  const [edge, side] = [Math.round(8 * u), Math.round(34 * u)]; // a label below the end has its place
  const hours: uPlot.Axis = {
    stroke, font: `${Math.round(22 * u)}px ${getComputedStyle(place).fontFamily}`, size: Math.round(30 * u), gap: Math.round(4 * u),
    grid: { show: false }, ticks: { show: false }, splits: (_plot, _axis, from, to) => whole(now().began, from, to, place.clientWidth / (LABEL * u)), values: (_plot, at) => at.map((one) => named(one)),
  };
  return new uPlot({
    width: place.clientWidth, height: place.clientHeight, padding: [edge, side, 0, side], legend: { show: false }, cursor: { show: false },
    scales: { x: { time: false }, y: { range: () => now().range } },
    axes: [hours, { show: false }],
    series: [
      {},
      { stroke, width: 4 * u, points: { show: true, size: 14 * u, width: 0, fill: stroke, filter: (plot) => [plot.data[0].length - 1] } },
      { stroke, width: 2 * u, dash: [5 * u, 6 * u], points: { show: false } },
    ],
  }, [[], [], []], place);
}

/** Whole hours of the wall's day, or parts of one, so few of them that they do not touch; else the newest point. */
function whole(began: number, from: number, to: number, most: number): number[] {
  const step = (STEPS.find((hours) => (to - from) / (hours * HOUR) <= most) ?? 24) * HOUR;
  const found: number[] = [];
  for (let at = began + Math.ceil((from - began) / step) * step; at <= to; at += step) found.push(at);
  return found.length ? found : [to];
}

const named = (at: number): string =>
  new Intl.DateTimeFormat(language(), { timeZone: document.body.dataset["wallZone"] ?? "UTC", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(at * 1000);

/** Percentages by second of the day: the range holds the target and everything there is. */
export function line(place: HTMLElement | null, day: string, points: [number, number][], target: number | null, label: string): void {
  const values = [...points.map(([, value]) => value), target ?? 80];
  const began = beginning(day);
  const range: [number, number] = [Math.max(0, Math.min(...values) - 4), Math.min(100, Math.max(...values) + 4)];
  draw(place, { points: points.map(([at, value]) => [began + at, value]), gap: Infinity, range, began, label, ...(target === null ? {} : { target }) });
}

/** Counts by minute; a gap where nobody looked. */
export function spark(place: HTMLElement | null, day: string, points: [number, number][], label: string): void {
  draw(place, { points, gap: 120, range: [0, Math.max(1, ...points.map(([, n]) => n))], began: beginning(day), label });
}

const beginning = (day: string): number => new Date(day).getTime() / 1000;
