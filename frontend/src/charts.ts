/* Draws the charts of the reports. Loaded only by pages that have one: `reports.ts` asks for it.

A chart is a figure with its data as JSON, a canvas, and a table of the same numbers below. Every point opens its rows:
by a click, or with the arrow keys and Enter once the canvas has the focus. Colours are the tokens of the page. */
import { BarController, BarElement, CategoryScale, Chart, Filler, LineController, LineElement, LinearScale, PointElement, Tooltip } from "chart.js";
import type { ChartConfiguration, ChartDataset, Plugin, TooltipItem } from "chart.js";
import { language } from "./words";

Chart.register(BarController, BarElement, CategoryScale, Filler, LineController, LineElement, LinearScale, PointElement, Tooltip);

type Unit = "COUNT" | "SHARE" | "SECONDS" | "SCORE" | "MONEY";
type Values = (number | null)[];

interface Series {
  name: string;
  values: Values;
  said: string[]; // each value as a person reads it
  urls?: string[];
  low?: Values; // the interval's ends
  high?: Values;
  is_before?: boolean; // the period before, for comparison
}
interface Drawing {
  kind: "LINE" | "BAR" | "STACK";
  title: string;
  labels: string[];
  unit: Unit;
  currency?: string;
  series: Series[];
  target?: { value: number; said: string };
  least?: number; // where the axis begins
  most?: number;
  strip?: Series; // its own small bars under the same labels
}

const reduced = matchMedia("(prefers-reduced-motion: reduce)");
const css = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const faded = (colour: string, percent: number): string => `color-mix(in srgb, ${colour} ${percent}%, transparent)`;

/** Blue first, then amber, then quieter ones: told apart without red and green. */
const palette = (): string[] => [css("--cc-accent"), css("--cc-warn"), css("--cc-sms"), css("--cc-good"), css("--cc-ink-3"), css("--cc-mute")];

/** Draw *figure*; answers what takes the drawing away again. */
export function draw(figure: HTMLElement): () => void {
  const canvas = figure.querySelector("canvas");
  if (!canvas) return () => undefined;
  const drawing = JSON.parse(figure.dataset["chart"] ?? "{}") as Drawing;
  let chart = new Chart(canvas, configured(drawing));
  const repaint = (): void => {
    chart.destroy();
    chart = new Chart(canvas, configured(drawing));
  };
  const themes = new MutationObserver(repaint);
  themes.observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
  void document.fonts.ready.then(() => chart.update("none"));
  canvas.addEventListener("click", (event) => {
    const [nearest] = chart.getElementsAtEventForMode(event, "nearest", { axis: "x", intersect: false }, true);
    if (nearest) follow(drawing, nearest.index, exactSeries(chart, event, nearest.datasetIndex));
  });
  walkable(canvas, drawing, () => chart);
  return () => {
    themes.disconnect();
    chart.destroy();
  };
}

/** The line or bar that was pressed itself, else the nearest. */
function exactSeries(chart: Chart, event: MouseEvent, otherwise: number): number {
  const [hit] = chart.getElementsAtEventForMode(event, "nearest", { intersect: true }, true);
  return series(chart, hit?.datasetIndex ?? otherwise);
}

/** The datasets of a chart are more than its series: the ends of an interval are datasets as well. */
const series = (chart: Chart, dataset: number): number => Number((chart.data.datasets[dataset] as { from?: number } | undefined)?.from ?? 0);

function follow(drawing: Drawing, index: number, which: number): void {
  const url = drawing.series[which]?.urls?.[index] ?? drawing.series[0]?.urls?.[index];
  if (url) location.assign(url);
}

/** Arrow keys go from point to point and say each; Enter opens its rows. */
function walkable(canvas: HTMLCanvasElement, drawing: Drawing, chart: () => Chart): void {
  const last = drawing.labels.length - 1;
  let at = last;
  const show = (): void => {
    const active = chart().data.datasets.flatMap((dataset, datasetIndex) => (isShown(dataset) && dataset.data[at] !== null ? [{ datasetIndex, index: at }] : []));
    chart().setActiveElements(active);
    chart().tooltip?.setActiveElements(active, { x: 0, y: 0 });
    chart().update("none");
    canvas.setAttribute("aria-valuenow", String(at));
    canvas.setAttribute("aria-valuetext", [drawing.labels[at], ...drawing.series.map((one) => `${one.name}: ${one.said[at] ?? ""}`)].join(". "));
  };
  const moves: Record<string, () => number> = { ArrowLeft: () => at - 1, ArrowDown: () => at - 1, ArrowRight: () => at + 1, ArrowUp: () => at + 1, Home: () => 0, End: () => last };
  canvas.setAttribute("aria-valuemin", "0");
  canvas.setAttribute("aria-valuemax", String(last));
  canvas.setAttribute("aria-valuenow", String(at));
  canvas.addEventListener("keydown", (event) => {
    if (event.key === "Enter") return follow(drawing, at, 0);
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    at = Math.min(Math.max(move(), 0), last);
    show();
  });
  canvas.addEventListener("focus", () => canvas.matches(":focus-visible") && show());
  canvas.addEventListener("blur", () => {
    chart().setActiveElements([]);
    chart().tooltip?.setActiveElements([], { x: 0, y: 0 });
    chart().update("none");
  });
}

const isShown = (dataset: ChartDataset): boolean => !(dataset as { isEnd?: boolean }).isEnd;

function configured(drawing: Drawing): ChartConfiguration {
  const colours = palette();
  const datasets = drawing.series.flatMap((one, n) => (drawing.kind === "LINE" ? lines(one, n, colours[n % colours.length] ?? "") : [bars(one, n, colours[n % colours.length] ?? "", drawing.kind)]));
  if (drawing.strip) datasets.push({ ...bars(drawing.strip, 0, css("--cc-line-2"), "BAR"), yAxisID: "strip" } as ChartDataset);
  return {
    type: drawing.kind === "LINE" ? "line" : "bar",
    data: { labels: drawing.labels, datasets },
    options: {
      responsive: true,
      maintainAspectRatio: false,
      animation: reduced.matches ? false : { duration: 180 },
      font: { family: css("--cc-font"), size: 11 },
      layout: { padding: { top: 22, left: 6 } },
      interaction: { mode: "index", intersect: false },
      onHover: (event, found) => {
        if (event.native?.target instanceof HTMLElement) event.native.target.style.cursor = found.length ? "pointer" : "";
      },
      scales: scales(drawing),
      plugins: { legend: { display: false }, tooltip: tooltip(drawing) },
    },
    plugins: [targetLine(drawing), labels(drawing)],
  } as ChartConfiguration;
}

/** A line with its points, above the band of its interval. */
function lines(one: Series, from: number, colour: string): ChartDataset[] {
  const shade = one.is_before ? css("--cc-mute") : colour;
  const line = {
    type: "line", label: one.name, data: one.values, from, borderColor: shade, borderWidth: one.is_before ? 1.5 : 2, borderDash: one.is_before ? [4, 3] : [],
    pointRadius: one.is_before || one.values.length > 60 ? 0 : 3.5, pointHoverRadius: 5, pointBackgroundColor: css("--cc-surface"), pointBorderColor: shade, pointBorderWidth: 2,
    borderJoinStyle: "round", spanGaps: false, order: from, clip: 7, // points at both ends of the scale are whole
  };
  if (!one.low || !one.high) return [line as unknown as ChartDataset];
  const end = { type: "line", label: one.name, from, isEnd: true, borderWidth: 0, pointRadius: 0, pointHoverRadius: 0, spanGaps: false, order: 50 };
  const band = [
    { ...end, data: one.low, fill: false },
    { ...end, data: one.high, fill: "-1", backgroundColor: faded(colour, 13) },
  ];
  return [...band, line] as unknown as ChartDataset[];
}

function bars(one: Series, from: number, colour: string, kind: Drawing["kind"]): ChartDataset {
  return {
    type: "bar", label: one.name, data: one.values, from, backgroundColor: one.is_before ? css("--cc-mute") : colour, hoverBackgroundColor: css("--cc-accent-deep"),
    borderRadius: 3, maxBarThickness: 34, categoryPercentage: 0.8, barPercentage: 0.9, ...(kind === "STACK" ? { stack: "all" } : {}),
  } as unknown as ChartDataset;
}

/** One axis on the right, beside the newest value; a strip below it has its own place, never a second scale on the same. */
function scales(drawing: Drawing): object {
  const quiet = css("--cc-ink-3");
  const font = { family: css("--cc-font"), size: 11 };
  const value = {
    position: "right", stack: "all", stackWeight: drawing.strip ? 6 : 1, stacked: drawing.kind === "STACK", border: { display: false }, grid: { color: css("--cc-hair"), drawTicks: false },
    ticks: { color: quiet, font, padding: 10, maxTicksLimit: 6, ...step(drawing), callback: (at: number | string) => written(Number(at), drawing) },
    ...(drawing.kind === "LINE" && drawing.least !== undefined ? { min: drawing.least } : { beginAtZero: true }),
    ...(drawing.most === undefined ? {} : { max: drawing.most }),
  };
  const strip = { position: "right", stack: "all", stackWeight: 1, offset: true, beginAtZero: true, border: { display: false }, grid: { display: false }, ticks: { display: false } };
  return {
    x: { stacked: drawing.kind === "STACK", border: { display: false }, grid: { display: false }, ticks: { color: quiet, font, maxRotation: 0, autoSkipPadding: 14 } },
    y: value,
    ...(drawing.strip ? { strip } : {}),
  };
}

function tooltip(drawing: Drawing): object {
  const font = { family: css("--cc-font"), size: 12 };
  const all = drawing.strip ? [...drawing.series, drawing.strip] : drawing.series;
  return {
    backgroundColor: css("--cc-raised"), titleColor: css("--cc-ink"), bodyColor: css("--cc-ink-2"), borderColor: css("--cc-line"), borderWidth: 1, padding: 10, cornerRadius: 8, displayColors: drawing.series.length > 1,
    titleFont: { ...font, weight: 600 }, bodyFont: font, caretSize: 0, boxPadding: 4,
    filter: (item: TooltipItem<"line">) => isShown(item.dataset as ChartDataset),
    callbacks: {
      label: (item: TooltipItem<"line">) => {
        const isStrip = (item.dataset as { yAxisID?: string }).yAxisID === "strip";
        const one = isStrip ? drawing.strip : all[Number((item.dataset as unknown as { from: number }).from)];
        return `${one?.name ?? ""}: ${one?.said[item.dataIndex] ?? ""}`;
      },
    },
  };
}

/** A value of the axis, in the reader's way. */
function written(value: number, drawing: Drawing): string {
  const tongue = language();
  if (drawing.unit === "SHARE") return new Intl.NumberFormat(tongue, { style: "percent", maximumFractionDigits: 1 }).format(value);
  if (drawing.unit === "MONEY" && drawing.currency) return new Intl.NumberFormat(tongue, { style: "currency", currency: drawing.currency, notation: "compact" }).format(value);
  if (drawing.unit === "SECONDS") return clock(value);
  return new Intl.NumberFormat(tongue, { maximumFractionDigits: 2, notation: Math.abs(value) >= 10_000 ? "compact" : "standard" }).format(value);
}

/** 95 as 1:35, 5400 as 1.5 h, as the page writes them. */
function clock(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.trunc(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
  const [unit, size] = whole < 172_800 ? ["hour", 3600] : ["day", 86_400];
  return new Intl.NumberFormat(language(), { style: "unit", unit: String(unit), unitDisplay: "narrow", maximumFractionDigits: 1 }).format(whole / Number(size));
}

const STEPS = [1, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400, 172_800, 432_000, 864_000, 2_592_000];

/** Steps of the axis that people count in: quarters of a share, minutes, hours, days. */
function step(drawing: Drawing): { stepSize?: number; precision?: number } {
  if (drawing.unit === "SHARE" && drawing.most !== undefined) return { stepSize: (drawing.most - (drawing.least ?? 0)) / (drawing.least ? 3 : 4) };
  if (drawing.unit === "COUNT") return { precision: 0 };
  if (drawing.unit !== "SECONDS") return {};
  const highest = Math.max(...drawing.series.flatMap((one) => [...one.values, ...(one.high ?? [])]).map((value) => value ?? 0));
  const size = STEPS.find((one) => highest / one <= 5);
  return size ? { stepSize: size } : {};
}

/** What was aimed at, dashed across the plot with its words. */
const targetLine = (drawing: Drawing): Plugin => ({
  id: "target",
  beforeDatasetsDraw(chart) {
    const { y } = chart.scales;
    if (!drawing.target || !y) return;
    const at = y.getPixelForValue(drawing.target.value);
    const { ctx, chartArea } = chart;
    if (at < chartArea.top || at > chartArea.bottom) return;
    ctx.save();
    ctx.strokeStyle = css("--cc-edge");
    ctx.setLineDash([2, 3]);
    ctx.beginPath();
    ctx.moveTo(chartArea.left, at);
    ctx.lineTo(chartArea.right, at);
    ctx.stroke();
    ctx.fillStyle = css("--cc-ink-2");
    ctx.font = `500 11px ${css("--cc-font")}`;
    ctx.fillText(drawing.target.said, chartArea.left + 2, at - 5);
    ctx.restore();
  },
});

/** The newest and the lowest point say their value; the others when they are pointed at. */
const labels = (drawing: Drawing): Plugin => ({
  id: "labels",
  afterDatasetsDraw(chart) {
    const one = drawing.series[0];
    const dataset = chart.data.datasets.findIndex((any) => (any as { from?: number }).from === 0 && isShown(any));
    if (!one || drawing.kind !== "LINE" || dataset < 0) return;
    const told = one.values.flatMap((value, n) => (value === null ? [] : [n]));
    const last = told.at(-1);
    const lowest = told.reduce<number | undefined>((low, n) => (low === undefined || Number(one.values[n]) <= Number(one.values[low]) ? n : low), undefined);
    const { ctx } = chart;
    ctx.save();
    ctx.font = `650 12px ${css("--cc-font")}`;
    ctx.textAlign = "center";
    ctx.lineWidth = 4;
    ctx.lineJoin = "round";
    ctx.strokeStyle = css("--cc-surface");
    ctx.fillStyle = css("--cc-ink");
    for (const n of new Set([last, lowest])) {
      const point = n === undefined ? undefined : chart.getDatasetMeta(dataset).data[n];
      if (n === undefined || !point) continue;
      const said = (one.said[n] ?? "").split(" · ")[0] ?? "";
      const x = Math.min(Math.max(point.x, chart.chartArea.left + 18), chart.chartArea.right - 12);
      const isLow = n === lowest && n !== last;
      const above = point.y - 11;
      const y = isLow && point.y + 21 < (chart.scales["y"]?.bottom ?? 0) ? point.y + 21 : above;
      ctx.strokeText(said, x, y);
      ctx.fillText(said, x, y);
    }
    ctx.restore();
  },
});
