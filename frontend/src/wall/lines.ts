/* Two small charts: the day's service level against its target, and how many waited over the last hour. */

const SVG = "http://www.w3.org/2000/svg";
const drawn = new WeakMap<Element, string>();

function shape(tag: string, attributes: Record<string, string | number>): SVGElement {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  return element;
}

function frame(place: Element, width: number, height: number, label: string, ...parts: SVGElement[]): void {
  const picture = shape("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label, preserveAspectRatio: "none" });
  picture.append(...parts);
  place.replaceChildren(picture);
}

/** Whether these points are not on the screen already. */
function isNew(place: Element, ...what: unknown[]): boolean {
  const stamp = JSON.stringify(what);
  if (drawn.get(place) === stamp) return false;
  drawn.set(place, stamp);
  return true;
}

const path = (points: [number, number][]): string => points.map(([x, y], at) => `${at ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");

/** Percentages by second of the day; the axis holds the target and everything there is. */
export function line(place: Element | null, points: [number, number][], target: number | null, label: string): void {
  if (!place || !isNew(place, points, target)) return;
  if (points.length < 2) return place.replaceChildren();
  const [width, height, edge] = [542, 92, 8];
  const values = [...points.map(([, value]) => value), target ?? 80];
  const [low, high] = [Math.max(0, Math.min(...values) - 4), Math.min(100, Math.max(...values) + 4)];
  const [first, last] = [points[0]?.[0] ?? 0, points.at(-1)?.[0] ?? 1];
  const y = (value: number): number => edge + (height - 2 * edge) * (1 - (value - low) / (high - low || 1));
  const placed = points.map(([at, value]): [number, number] => [edge + ((width - 2 * edge) * (at - first)) / (last - first || 1), y(value)]);
  const end = placed.at(-1) ?? [0, 0];
  const aim = target === null ? [] : [shape("path", { d: `M0 ${y(target)}H${width}`, class: "wall-aim" })];
  frame(place, width, height, label, ...aim, shape("path", { d: path(placed), class: "wall-stroke" }), shape("circle", { cx: end[0], cy: end[1], r: 7 }));
}

/** Counts by minute; a gap where nobody looked. */
export function spark(place: Element | null, points: [number, number][], label: string): void {
  if (!place || !isNew(place, points)) return;
  if (points.length < 2) return place.replaceChildren();
  const [width, height, edge, minute] = [170, 56, 8, 60];
  const [first, last] = [points[0]?.[0] ?? 0, points.at(-1)?.[0] ?? 1];
  const most = Math.max(1, ...points.map(([, n]) => n));
  const placed = points.map(([at, n]): [number, number] => [edge + ((width - 2 * edge) * (at - first)) / (last - first || 1), edge + (height - 2 * edge) * (1 - n / most)]);
  const pieces: [number, number][][] = [];
  points.forEach(([at], place) => {
    const point = placed[place] as [number, number];
    if (place && at - (points[place - 1]?.[0] ?? 0) <= minute * 2) pieces.at(-1)?.push(point);
    else pieces.push([point]);
  });
  const end = placed.at(-1) ?? [0, 0];
  frame(place, width, height, label, ...pieces.map((piece) => shape("path", { d: path(piece), class: "wall-stroke" })), shape("circle", { cx: end[0], cy: end[1], r: 7 }));
}
