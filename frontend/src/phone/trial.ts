/* A test call from a number's settings: a telephone of its own beside the agent's, which only hears and presses keys. What
   it has heard comes from the server, step by step; so does which part of the picture it has come to. */
import { behave, on } from "../behave";
import { refreshTopics } from "../live";
import { make as mark } from "../marks";
import { post } from "../server";
import { submit } from "../submit";
import { toast } from "../toast";
import { word } from "../words";
import type { Pass, Said, SoftphoneAdapter } from "./adapter";
import { make } from "./phone";

const KEYS = "0123456789*#";
let adapter: SoftphoneAdapter | undefined;

const panel = (): HTMLElement | null => document.querySelector<HTMLElement>("[data-trial]");
const form = (): HTMLFormElement | null => document.querySelector<HTMLFormElement>("#line-form");

/** Ask what to do with what is not saved; true when the call may begin. */
async function isSaved(box: HTMLElement): Promise<boolean> {
  const changed = form();
  if (changed?.dataset["dirty"] === undefined) return true;
  const wanted = await choice(box);
  if (wanted === "save") {
    await submit(changed, null);
    return !document.querySelector('#line-form [aria-invalid="true"], #line-form[data-dirty], #line-form .error');
  }
  return wanted === "as-is";
}

/** Three answers: save first, try what is saved, neither. */
function choice(box: HTMLElement): Promise<string> {
  const { unsaved = "", save = "", asIs = "" } = box.dataset;
  const answer = (value: string, label: string, style = ""): HTMLElement => mark("button", { class: `button${style}`, value, autofocus: value === "save" }, label);
  const foot = mark("div", { class: "dialog-foot" }, answer("", word("cancel")), answer("as-is", asIs), answer("save", save, " button-primary"));
  const asked = mark("dialog", { "aria-label": unsaved }, mark("form", { method: "dialog" }, mark("div", { class: "dialog-body" }, mark("p", { class: "gap-top" }, unsaved)), foot));
  document.body.append(asked);
  asked.showModal();
  return new Promise((resolve) => asked.addEventListener("close", () => (asked.remove(), resolve(asked.returnValue))));
}

async function start(box: HTMLElement): Promise<void> {
  const wanted = { language: field("trial_language"), hours: field("trial_hours") };
  if (adapter || !(await isSaved(box))) return;
  show(box.dataset["wordsStarting"]);
  try {
    const pass = await post<Pass>("/desk/phone/pass", {});
    const made = (adapter = await make(pass, (said) => adapter === made && hear(said), true));
    await made.ready(pass);
    const { trial } = await post<{ trial: string }>(box.dataset["trial"] ?? "", wanted);
    refreshTopics(["trial:*"]); // what was heard last time goes
    await made.connect({ trial });
    show(box.dataset["wordsLive"]);
  } catch (problem) {
    stop();
    toast(problem instanceof DOMException ? word("phone_no_microphone") : told(problem as Error), "warn");
  }
}

/** An adapter throws the name of a sentence, the server a sentence. */
const told = ({ message }: Error): string => word(message);

const field = (name: string): string => document.querySelector<HTMLSelectElement>(`[name="${name}"]`)?.value ?? "";

function hear(said: Said): void {
  if (said.what === "error") toast(word(said.error), "warn");
  else if (said.what === "state" && (said.state === "ended" || said.state === "lost")) stop();
}

function stop(): void {
  if (!adapter) return;
  const over = adapter;
  adapter = undefined;
  over.hangup();
  setTimeout(() => over.close(), 300); // the hang-up has to leave first
  const box = panel();
  if (box) void post(`${box.dataset["trial"]}/end`, {}).catch(() => undefined).then(() => refreshTopics(["trial:*"]));
  show();
}

function show(state = ""): void {
  const box = panel();
  if (!box) return;
  const live = adapter !== undefined;
  box.classList.toggle("is-live", live);
  for (const part of box.querySelectorAll<HTMLElement>("[data-trial-idle]")) part.hidden = live;
  for (const part of box.querySelectorAll<HTMLElement>("[data-trial-live]")) part.hidden = !live;
  const speaks = box.querySelector<HTMLElement>("[data-trial-say]");
  if (speaks) speaks.hidden = adapter?.say === undefined;
  say(state);
  if (live) box.querySelector<HTMLElement>('[data-trial-key="1"]')?.focus({ preventScroll: true });
}

function say(state: string): void {
  const said = document.querySelector("[data-trial-state]");
  if (said && said.textContent !== state) said.textContent = state;
}

/** Mark the part of the picture that the call has come to, and show the newest line. */
function follow(): void {
  const heard = document.querySelector<HTMLElement>("[data-trial-at]");
  const at = heard?.dataset["trialAt"] ?? "";
  for (const node of document.querySelectorAll<HTMLElement>("[data-node]")) {
    if (at && node.dataset["node"] === at) node.setAttribute("aria-current", "step");
    else node.removeAttribute("aria-current");
  }
  if (heard) heard.scrollTop = heard.scrollHeight;
  const where = document.querySelector('[data-node][aria-current] :is(b, .cut)')?.textContent;
  if (adapter && where) say(where);
}

behave("[data-trial]", () => {
  show();
  return () => panel() === null && stop(); // gone to another page
});
behave("[data-trial-at]", follow);
document.addEventListener("cc:merged", follow);
on("click", "[data-trial-start]", () => {
  const box = panel();
  if (box) void start(box);
});
on("click", "[data-trial-end]", stop);
on("click", "[data-trial-key]", (key) => adapter?.sendDigits(key.dataset["trialKey"] ?? ""));
on("submit", "[data-trial-say]", (said, event) => {
  event.preventDefault();
  const input = said.querySelector("input");
  if (input?.value.trim()) adapter?.say?.(input.value.trim());
  if (input) input.value = "";
});
document.addEventListener("keydown", (event) => {
  const isTyping = event.target instanceof Element && event.target.matches("input, textarea, select");
  if (!adapter || isTyping || event.ctrlKey || event.metaKey || event.altKey || !KEYS.includes(event.key)) return;
  event.preventDefault();
  adapter.sendDigits(event.key);
});
document.addEventListener("cc:phone", stop); // a customer comes first
window.addEventListener("pagehide", stop);
