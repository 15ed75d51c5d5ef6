/* An offer that rings: its seconds, its voice, and the end of it. The panel itself is the server's; focus is never taken. */
import { behave } from "./behave";
import { refresh } from "./live";
import { toast } from "./toast";
import { word } from "./words";

const LOW = 5; // seconds from which the ring is amber
const BEEP_EVERY = 3000;
const LOOK_AGAIN = 1500; // after it has rung out: the server takes a moment to say so
const SOUND = "ring-sound";
const NOTIFY = "ring-notify";
const place = (): HTMLElement | null => document.getElementById("ring");
const isOn = (setting: string): boolean => localStorage.getItem(setting) === "1";

/** Fetch what rings, without the patience that other places have. */
function look(): void {
  const ring = place();
  if (ring) refresh(ring, 0);
}

document.addEventListener("cc:nudge", (event) => {
  const { ids } = (event as CustomEvent<{ ids: Record<string, unknown> }>).detail;
  if ("offer" in ids && String(ids["agent"]) === document.body.dataset["agent"]) look();
});
document.addEventListener("cc:shown", () => place()?.childElementCount && look());

behave("[data-ring]", (panel) => {
  const seconds = panel.querySelector<HTMLElement>("[data-ring-seconds]");
  const circle = panel.querySelector("[data-ring-left]");
  let said = "";
  let endsAt = 0;
  let lookedAt = 0;
  const show = (): void => {
    const { left = "0", of = "1" } = panel.dataset;
    if (said !== left) [said, endsAt] = [left, performance.now() + 1000 * Number(left)]; // by the server's clock, not ours
    const rest = Math.max(0, (endsAt - performance.now()) / 1000);
    if (seconds) seconds.textContent = String(Math.ceil(rest));
    circle?.setAttribute("stroke-dashoffset", (100 - (100 * rest) / Number(of)).toFixed(1));
    panel.classList.toggle("ring-low", rest <= LOW);
    if (rest > 0 || performance.now() - Math.max(lookedAt, endsAt) < LOOK_AGAIN) return;
    lookedAt = performance.now();
    look();
  };
  show();
  announce(panel.dataset["said"] ?? "");
  const ticking = setInterval(show, 250);
  const quiet = call(panel);
  return () => {
    clearInterval(ticking);
    quiet();
    announce("");
  };
});

function announce(sentence: string): void {
  const voice = document.getElementById("ring-voice");
  if (voice) voice.textContent = sentence;
}

/** Sound and notification, where the person wants them; the answer ends both. Of several tabs one makes the noise. */
function call(panel: HTMLElement): () => void {
  const id = panel.dataset["ring"] ?? "";
  const isFirst = localStorage.getItem("rung") !== id;
  if (isFirst) localStorage.setItem("rung", id);
  const note = isFirst && isOn(NOTIFY) && !document.hasFocus() ? notify(panel) : undefined;
  if (isFirst && isOn(SOUND)) beep();
  const again = isFirst && isOn(SOUND) ? setInterval(beep, BEEP_EVERY) : 0;
  return () => {
    clearInterval(again);
    note?.close();
  };
}

function notify(panel: HTMLElement): Notification | undefined {
  if (!("Notification" in window) || Notification.permission !== "granted") return undefined;
  const { title = "", body = "", ring = "" } = panel.dataset;
  const note = new Notification(title, { body, tag: `ring-${ring}` });
  note.addEventListener("click", () => (window.focus(), note.close()));
  return note;
}

/** Two soft tones. A browser that has not been clicked in yet stays silent. */
function beep(): void {
  const sound = new AudioContext();
  [660, 880].forEach((pitch, at) => {
    const [tone, volume] = [sound.createOscillator(), sound.createGain()];
    const start = sound.currentTime + at * 0.18;
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0, start);
    volume.gain.linearRampToValueAtTime(0.12, start + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.001, start + 0.32);
    tone.connect(volume).connect(sound.destination);
    tone.start(start);
    tone.stop(start + 0.34);
  });
  setTimeout(() => void sound.close(), 1000);
}

/* The two switches in one's profile: kept in this browser, for it is this browser that makes the noise. */
behave("input[data-ring-setting]", (box) => {
  if (!(box instanceof HTMLInputElement)) return;
  const setting = box.dataset["ringSetting"] === "sound" ? SOUND : NOTIFY;
  box.checked = box.defaultChecked = isOn(setting) && (setting === SOUND || Notification.permission === "granted");
  box.addEventListener("change", () => void choose(box, setting));
});

async function choose(box: HTMLInputElement, setting: string): Promise<void> {
  if (box.checked && setting === NOTIFY && (await Notification.requestPermission()) !== "granted") {
    box.checked = false;
    toast(word("no_notifications"), "warn");
  }
  if (box.checked && setting === SOUND) beep();
  localStorage.setItem(setting, box.checked ? "1" : "0");
  box.defaultChecked = box.checked;
}
