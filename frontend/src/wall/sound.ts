/* The wall's sounds: off until somebody wants them, made by the browser itself, and honest while it will not let them out. */
import { word } from "../words";

const KEPT = "wall.sound";
let context: AudioContext | undefined;
let isOn = kept() === "on";

function kept(): string | null {
  try {
    return localStorage.getItem(KEPT);
  } catch {
    return null; // a browser that keeps nothing
  }
}

/** One soft tone for a warning, two rising ones for an alarm. */
export function chime(isAlarm: boolean): void {
  if (!isOn || context?.state !== "running") return;
  (isAlarm ? [[660, 0], [880, 0.22], [660, 0.6], [880, 0.82]] : [[520, 0]]).forEach(([pitch, at]) => tone(pitch ?? 0, at ?? 0));
}

function tone(pitch: number, at: number): void {
  if (!context) return;
  const [voice, volume, begun] = [context.createOscillator(), context.createGain(), context.currentTime + at];
  voice.frequency.value = pitch;
  volume.gain.setValueAtTime(0, begun);
  volume.gain.linearRampToValueAtTime(0.25, begun + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.001, begun + 0.2);
  voice.connect(volume).connect(context.destination);
  voice.start(begun);
  voice.stop(begun + 0.21);
}

/** One click turns it on, another one off; what was on before a reload waits for the click that browsers ask for. */
export function startSound(button: HTMLElement): void {
  button.addEventListener("click", () => {
    isOn = !(isOn && context?.state === "running");
    try {
      localStorage.setItem(KEPT, isOn ? "on" : "off");
    } catch { /* a browser that keeps nothing */ }
    if (isOn) void wake(button).then(() => chime(false));
    show(button);
  });
  if (isOn) {
    void wake(button);
    const again = (): void => void (isOn && context?.state !== "running" && wake(button));
    for (const gesture of ["pointerdown", "keydown"] as const) document.addEventListener(gesture, again, { once: true });
  }
  show(button);
}

async function wake(button: HTMLElement): Promise<void> {
  context ??= new AudioContext();
  context.onstatechange = () => show(button);
  await Promise.race([context.resume(), new Promise((resolve) => setTimeout(resolve, 500))]);
  show(button);
}

function show(button: HTMLElement): void {
  const isHeard = isOn && context?.state === "running";
  button.setAttribute("aria-pressed", String(isHeard));
  button.classList.toggle("is-waiting", isOn && !isHeard);
  const text = button.querySelector("[data-wall-sound-word]");
  if (text) text.textContent = word(isHeard ? "sound_on" : isOn ? "sound_waits" : "sound_off");
}
