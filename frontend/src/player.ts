/* Players of recordings. Nothing is fetched before somebody presses play; that asks for a link of one's own, is told in the
   ticket, and draws the wave. The library comes with the first of them. */
import type WaveSurfer from "wavesurfer.js";
import { behave } from "./behave";
import { ask, post } from "./server";
import { clock } from "./timers";
import { word } from "./words";

const STEP = 5; // seconds of an arrow key
const SPEED = "player-speed";
const NONCE = document.getElementById("words")?.nonce ?? ""; // of this page's policy: the library brings a style sheet
let library: Promise<typeof WaveSurfer> | undefined;

class Player {
  private wave: WaveSurfer | undefined;
  private isFetching = false;
  private isFresh = true; // not heard yet since its beginning: playing it is told
  private readonly button: HTMLButtonElement;
  private readonly slider: HTMLElement;
  private readonly speed: HTMLSelectElement;

  constructor(private readonly box: HTMLElement) {
    this.button = this.part<HTMLButtonElement>(".player-play");
    this.slider = this.part(".player-wave");
    this.speed = this.part<HTMLSelectElement>(".player-speed");
    this.speed.value = localStorage.getItem(SPEED) ?? "1";
    if (!this.speed.value) this.speed.value = "1";
    this.place();
    this.button.addEventListener("click", () => void this.toggle());
    this.speed.addEventListener("change", () => this.hasten());
    box.addEventListener("keydown", (event) => this.press(event));
    for (const jump of box.querySelectorAll<HTMLElement>("[data-player-jump]")) {
      jump.addEventListener("click", () => void this.to(Number(jump.dataset["playerJump"])));
    }
  }

  destroy(): void {
    this.wave?.destroy();
  }

  private part<E extends HTMLElement = HTMLElement>(selector: string): E {
    return this.box.querySelector(selector) as E;
  }

  private get seconds(): number {
    return this.wave?.getDuration() || Number(this.box.dataset["seconds"]);
  }

  private async toggle(): Promise<void> {
    if (this.wave?.isPlaying()) return this.wave.pause();
    if (this.isFetching) return;
    this.isFetching = true;
    this.button.classList.add("busy");
    try {
      if (this.isFresh) await this.fetch();
      this.isFresh = false;
      await this.wave?.play();
    } catch (problem) {
      this.say((problem as Error).message || word("failed"));
    } finally {
      this.isFetching = false;
      this.button.classList.remove("busy");
    }
  }

  /** A link for each time; the bytes only once. */
  private async fetch(): Promise<void> {
    const { url } = await post<{ url: string }>(this.box.dataset["player"] ?? "", {});
    if (this.wave) return;
    const sound = await (await ask(url)).blob();
    library ??= import("wavesurfer.js").then((loaded) => loaded.default);
    this.draw(await library, sound);
    await new Promise<void>((resolve, reject) => {
      this.wave?.once("ready", () => resolve());
      this.wave?.once("error", reject);
    });
  }

  private draw(Wave: typeof WaveSurfer, sound: Blob): void {
    const colours = getComputedStyle(this.box);
    const colour = (name: string): string => colours.getPropertyValue(name).trim();
    this.wave = Wave.create({
      container: this.slider, height: 36, barWidth: 2, barGap: 1, barRadius: 1, normalize: true, dragToSeek: true, hideScrollbar: true,
      waveColor: colour("--cc-edge"), progressColor: colour("--cc-accent"), cursorColor: colour("--cc-ink"),
      audioRate: Number(this.speed.value), cspNonce: NONCE,
    });
    this.wave.on("timeupdate", () => this.show());
    this.wave.on("play", () => this.show());
    this.wave.on("pause", () => this.show());
    this.wave.on("ready", () => (this.place(), this.show()));
    this.wave.on("finish", () => (this.isFresh = true));
    void this.wave.loadBlob(sound);
  }

  private async to(seconds: number): Promise<void> {
    if (!this.wave) await this.toggle();
    this.wave?.setTime(Math.max(0, Math.min(this.seconds, seconds)));
    this.show();
  }

  private press(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey || event.target === this.speed) return;
    const now = this.wave?.getCurrentTime() ?? 0;
    const to: Record<string, number> = { ArrowLeft: now - STEP, ArrowRight: now + STEP, ArrowDown: now - STEP, ArrowUp: now + STEP, PageDown: now - 30, PageUp: now + 30, Home: 0, End: this.seconds };
    if (event.key === " " && event.target === this.slider) void this.toggle();
    else if (event.key in to && this.wave) void this.to(to[event.key] ?? 0);
    else return;
    event.preventDefault();
  }

  private hasten(): void {
    localStorage.setItem(SPEED, this.speed.value);
    this.wave?.setPlaybackRate(Number(this.speed.value), true);
  }

  private show(): void {
    const now = this.wave?.getCurrentTime() ?? 0;
    const isPlaying = this.wave?.isPlaying() ?? false;
    this.button.setAttribute("aria-pressed", String(isPlaying));
    this.button.setAttribute("aria-label", word(isPlaying ? "player_pause" : "player_play"));
    this.part("[data-player-now]").textContent = clock(now);
    this.part("[data-player-all]").textContent = clock(this.seconds);
    this.slider.setAttribute("aria-valuemax", String(Math.round(this.seconds)));
    this.slider.setAttribute("aria-valuenow", String(Math.round(now)));
    this.slider.setAttribute("aria-valuetext", clock(now));
    this.say(this.gapAt(now)?.title ?? "", "sr"); // it is on the screen already
  }

  private gapAt(now: number): HTMLElement | undefined {
    return this.gaps().find((gap) => now >= Number(gap.dataset["since"]) && now < Number(gap.dataset["until"]));
  }

  private gaps(): HTMLElement[] {
    return [...this.box.querySelectorAll<HTMLElement>(".player-gap")];
  }

  /** Gaps stand where they are in time. */
  private place(): void {
    const all = this.seconds || 1;
    for (const gap of this.gaps()) {
      gap.style.left = `${(Number(gap.dataset["since"]) / all) * 100}%`;
      gap.style.width = `${((Number(gap.dataset["until"]) - Number(gap.dataset["since"])) / all) * 100}%`;
    }
  }

  private say(text: string, look = ""): void {
    const said = this.part(".player-said");
    said.className = `player-said ${look}`;
    if (said.textContent !== text) said.textContent = text;
  }
}

behave("[data-player]", (box) => {
  const player = new Player(box);
  return () => player.destroy();
});
