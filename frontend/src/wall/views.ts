/* Which parts of the floor this wall shows, in turn: `q3-7.tA.cphone`, as in the address. Kept in the address alone. */
import { make } from "../marks";
import { listed, word } from "../words";

export interface View {
  queues: number[];
  tier: string;
  channel: string;
}

const NAMES = JSON.parse(document.getElementById("wall-queues-known")?.textContent ?? "{}") as Record<string, string>;

export function read(written: string): View {
  const parts = new Map(written.split(".").filter(Boolean).map((part) => [part[0] ?? "", part.slice(1)]));
  return { queues: (parts.get("q") ?? "").split("-").filter(Boolean).map(Number), tier: parts.get("t") ?? "", channel: parts.get("c") ?? "" };
}

export function written({ queues, tier, channel }: View): string {
  return [...(queues.length ? [`q${[...queues].sort((a, b) => a - b).join("-")}`] : []), ...(tier ? [`t${tier}`] : []), ...(channel ? [`c${channel}`] : [])].join(".");
}

/** A view in words: "Repair line · Tier A · Calls". */
export function told({ queues, tier, channel }: View): string {
  const names = queues.map((id) => NAMES[String(id)] ?? "?");
  const which = !names.length ? word("all_queues") : names.length > 2 ? word("queues_more", names[0] ?? "", names.length - 1) : listed(names);
  return [which, ...(tier ? [word("tier", tier)] : []), ...(channel ? [word(`channel_${channel}`)] : [])].join(" · ");
}

/** The views of this wall, which of them is shown, and for how long. */
export class Turns {
  all: View[];
  at = 0;
  every: number;
  isHeld = false;

  constructor(body: HTMLElement, private readonly changed: (isOther: boolean) => void) {
    this.all = (JSON.parse(body.dataset["views"] ?? "[]") as string[]).map(read);
    this.every = Number(body.dataset["every"] ?? 20);
  }

  get view(): View {
    return this.all[this.at] ?? { queues: [], tier: "", channel: "" };
  }

  get written(): string[] {
    return [...new Set(this.all.map(written))];
  }

  /** Show the next one, or the one before. */
  step(by: number): void {
    this.at = (this.at + by + this.all.length) % this.all.length;
    this.changed(false);
  }

  /** Narrow what is shown now. */
  set(change: Partial<View>): void {
    this.all[this.at] = { ...this.view, ...change };
    this.changed(true);
  }

  add(): void {
    if (this.all.length >= 12) return;
    this.all.push({ ...this.view });
    this.at = this.all.length - 1;
    this.isHeld = true; // it is to be narrowed now
    this.changed(true);
  }

  remove(place: number): void {
    if (this.all.length > 1) this.all.splice(place, 1);
    this.at = Math.min(this.at, this.all.length - 1);
    this.changed(true);
  }

  /** The address of this wall, so that it can be kept and handed on. */
  get search(): string {
    const asked = new URLSearchParams(this.all.map((view) => ["view", written(view)]));
    if (this.all.length > 1) asked.set("every", String(this.every));
    return this.all.length === 1 && !written(this.view) ? "" : `?${asked.toString()}`;
  }

  /** The list in the menu: each can be shown and taken away. */
  listed(): HTMLElement[] {
    return this.all.map((view, place) => make("div", { class: "row row-6" },
      make("button", { type: "button", class: "grow cut", "data-wall-go": String(place), "aria-current": place === this.at ? "true" : "false" }, told(view)),
      ...(this.all.length > 1 ? [make("button", { type: "button", class: "button button-ghost button-icon button-s", "data-wall-drop": String(place), "aria-label": word("remove", told(view)) }, make("i", { class: "icon icon-x", "aria-hidden": "true" }))] : [])));
  }
}
