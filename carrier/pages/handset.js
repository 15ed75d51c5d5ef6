/* A customer's telephone: dials a number of the company, presses keys, hears what it is told to play, talks, writes texts. */
import { Line } from "./line.js";
import { Recorder } from "./recorder.js";
import { Sounds } from "./sounds.js";
import { Voices } from "./voices.js";
import { language, word } from "./words.js";

/** @typedef {import("./line.js").Message} Message */

const KEYS = "1 2ABC 3DEF 4GHI 5JKL 6MNO 7PQRS 8TUV 9WXYZ * 0+ #".split(" ");
const TONES = /** @type {Record<string, [number, number]>} */ ({
  1: [697, 1209], 2: [697, 1336], 3: [697, 1477], 4: [770, 1209], 5: [770, 1336], 6: [770, 1477],
  7: [852, 1209], 8: [852, 1336], 9: [852, 1477], "*": [941, 1209], 0: [941, 1336], "#": [941, 1477],
});

/** @template {HTMLElement} T @param {string} id @returns {T} */
const the = (id) => /** @type {T} */ (document.getElementById(id));
const from = /** @type {HTMLInputElement} */ (the("from"));
const to = /** @type {HTMLInputElement} */ (the("to"));
const caller = /** @type {HTMLSelectElement} */ (the("caller"));
const aloud = /** @type {HTMLInputElement} */ (the("aloud"));
const sounds = new Sounds();

/** What numbers of the company are called. @type {Map<string, string>} */
const names = new Map();

/** @type {Line | undefined} */
let line;
/** @type {Message | undefined} */
let call;
const isLive = () => call !== undefined && ["queued", "initiated", "ringing", "in-progress"].includes(call["state"]);
const isRung = () => isLive() && call?.["direction"] !== "inbound" && call?.["state"] === "ringing";

const voices = new Voices((event, what) => line?.send(event, what), (said) => said.event === "unheard" && print(word("no_microphone")));

const recorder = new Recorder(voices, (pieces) => line?.send("voices", { voices: pieces }));

/* What the phone company says */

/** @type {Record<string, (said: any) => void>} */
const heard = {
  ready: () => show(),
  lost: () => state("lost"),
  refused: () => state("refused"),
  kicked: () => state("elsewhere"),
  "call.state": (said) => stands(said),
  "prompt.say": ({ text, lang }) => (print(text), aloud.checked && sounds.say(text, lang)),
  "prompt.play": ({ url }) => (printOnce(word("music")), sounds.play(url)),
  "prompt.tone": ({ kind }) => (printOnce(word(kind)), kind === "ringing" && sounds.ring()),
  "prompt.stop": () => (sounds.stop(), ask("")),
  gather: ({ input }) => ask(word(input === "dtmf" ? "asks_dtmf" : input === "speech" ? "asks_speech" : "asks_both")),
  topology: (said) => voices.take(said),
  "rtc.sdp": (said) => voices.take(said),
  "rtc.ice": (said) => voices.take(said),
  text: (said) => showText(said),
};

/** @param {Message} said */
function stands(said) {
  const was = isLive();
  call = said;
  if (isRung() && !sounds.ringing) sounds.ring();
  recorder.turn(isLive() && said["recorded"]);
  if (was && !isLive()) (sounds.stop(), voices.end(), ask(""));
  show();
}

function signIn() {
  line?.close();
  call = undefined;
  the("thread").replaceChildren();
  line = new Line(`${location.origin.replace("http", "ws")}/rtc`, from.value, () => ({ role: "handset", number: from.value.replace(/[\s()-]/g, "") }), (said) => heard[said.event]?.(said));
  line.open();
}

/* What the person does */

async function dial() {
  if (isLive() && !isRung()) return;
  the("heard").replaceChildren();
  await voices.listen().catch(() => undefined); // while there is a click to ask for it
  if (isRung()) line?.send("answer");
  else line?.send("dial", { to: to.value.replace(/[\s()-]/g, "") });
}

function hangUp() {
  line?.send(isRung() ? "decline" : "hangup");
}

/** @param {string} key */
function press(key) {
  sounds.tone(TONES[key] ?? [], 0.12);
  if (!isLive()) return;
  sounds.stop();
  line?.send("dtmf", { digits: key });
  printKey(key);
}

/* What the page shows */

function show() {
  const { state: stage = "", held = false, talks = false, waits = false, recorded = false } = /** @type {Record<string, any>} */ (call ?? {});
  const number = (isLive() && call?.["direction"] !== "inbound" && call?.["from"]) || to.value;
  the("with").textContent = names.get(number) ?? number;
  the("recorded").hidden = !isLive() || !recorded;
  const live = held ? "held" : talks ? "talks" : waits ? "waits" : "listening";
  state(!call ? "idle" : !isLive() ? stage : isRung() ? "rings" : stage === "in-progress" ? live : "calling");
  the("call").hidden = isLive() && !isRung();
  the("end").hidden = !isLive();
  the("call").lastElementChild?.replaceChildren(word(isRung() ? "answer" : "dial"));
  the("end").lastElementChild?.replaceChildren(word(isRung() ? "decline" : "hang_up"));
  for (const field of [from, to, caller]) field.disabled = isLive();
  tick();
}

/** @param {string} name of how the call stands */
function state(name) {
  the("state").dataset["state"] = name;
  the("state").textContent = word(name);
}

function tick() {
  const since = isLive() && call?.["since"] ? (Date.now() - Date.parse(call["since"])) / 1000 : -1;
  the("clock").textContent = since < 0 ? "" : `${Math.floor(since / 60)}:${String(Math.floor(since % 60)).padStart(2, "0")}`;
}

/** @param {string} text @param {boolean} [mine] */
function print(text, mine = false) {
  const item = document.createElement("li");
  item.textContent = text;
  item.classList.toggle("mine", mine);
  the("heard").append(item);
  the("heard").scrollTop = the("heard").scrollHeight;
}

/** Keys that are pressed one after the other stand together. @param {string} key */
function printKey(key) {
  const last = the("heard").lastElementChild;
  if (last?.classList.contains("pressed")) return void last.append(key);
  print(key, true);
  the("heard").lastElementChild?.classList.add("pressed");
}

/** @param {string} text */
function printOnce(text) {
  if (the("heard").lastElementChild?.textContent !== text) print(text);
}

/** @param {string} text */
function ask(text) {
  the("asks").textContent = text;
  the("asks").hidden = !text;
}

/** @param {Message} said */
function showText(said) {
  const id = `text-${said["sid"]}`;
  const item = document.getElementById(id) ?? document.createElement("li");
  item.id = id;
  item.textContent = said["body"];
  for (const url of /** @type {string[]} */ (said["files"] ?? [])) {
    const link = document.createElement("a");
    [link.href, link.target, link.rel, link.textContent] = [url, "_blank", "noopener", ` 📎 ${word("file")}`];
    item.append(link);
  }
  item.classList.toggle("mine", said["from"] === from.value);
  if (!item.isConnected) the("thread").append(item);
  the("thread").scrollTop = the("thread").scrollHeight;
}

/* How the page begins */

/** @param {{numbers?: {number: string, name: string}[], callers?: {number: string, name: string, tier: string}[]}} book */
function fill({ numbers = [], callers = [] }) {
  const given = new URLSearchParams(location.search);
  for (const { number, name } of numbers) if (name) names.set(number, name);
  the("numbers").replaceChildren(...numbers.map(({ number, name }) => new Option(name, number)));
  const named = callers.map(({ number, name, tier }) => new Option([name || word("stranger"), tier].filter(Boolean).join(" · "), number));
  caller.replaceChildren(...named, new Option(word("another"), ""));
  to.value = given.get("to") ?? sessionStorage.getItem("handset:to") ?? numbers[0]?.number ?? "";
  from.value = given.get("from") ?? sessionStorage.getItem("handset:from") ?? callers[0]?.number ?? "";
  caller.value = callers.some(({ number }) => number === from.value) ? from.value : "";
}

function dress() {
  document.documentElement.lang = language === "zh" ? "zh-Hans-CN" : "en";
  document.title = word("title");
  for (const element of document.querySelectorAll("[data-say]")) element.textContent = word(/** @type {HTMLElement} */ (element).dataset["say"] ?? "");
  document.querySelector("[data-label]")?.setAttribute("aria-label", word("phone"));
  the("language").textContent = word("other");
  the("thread").dataset["empty"] = word("no_texts");
  the("words").setAttribute("placeholder", word("say_what"));
  the("text").setAttribute("placeholder", word("write"));
  for (const id of ["words", "text"]) the(id).setAttribute("aria-label", the(id).getAttribute("placeholder") ?? "");
  for (const [key = "", ...letters] of KEYS) {
    const button = document.createElement("button");
    const small = document.createElement("small");
    small.textContent = letters.join("");
    button.append(key, small);
    button.setAttribute("aria-label", key);
    button.type = "button";
    button.addEventListener("click", () => press(key));
    the("keys").append(button);
  }
}

the("language").addEventListener("click", () => {
  localStorage.setItem("handset:language", language === "zh" ? "en" : "zh");
  location.search = "";
});
the("call").addEventListener("click", () => void dial());
the("end").addEventListener("click", hangUp);
caller.addEventListener("change", () => {
  if (caller.value) from.value = caller.value;
  from.dispatchEvent(new Event("change"));
});
from.addEventListener("change", () => (sessionStorage.setItem("handset:from", from.value), signIn()));
to.addEventListener("change", () => (sessionStorage.setItem("handset:to", to.value), show()));
the("speak").addEventListener("submit", (event) => {
  event.preventDefault();
  const words = /** @type {HTMLInputElement} */ (the("words"));
  if (!words.value.trim() || !isLive()) return;
  line?.send("speech", { text: words.value });
  print(words.value, true);
  words.value = "";
  words.blur(); // the next digits are keys again
});
the("write").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = /** @type {HTMLTextAreaElement} */ (the("text"));
  if (text.value.trim()) (line?.send("text", { to: to.value.replace(/[\s()-]/g, ""), body: text.value }), (text.value = ""));
});
the("text").addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  /** @type {HTMLFormElement} */ (the("write")).requestSubmit();
});
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") return hangUp();
  const isTyping = event.target instanceof Element && event.target.matches("input, textarea, select");
  if (!isTyping && TONES[event.key]) press(event.key);
  else if (event.key === "Enter" && (event.target === document.body || event.target === to)) void dial();
});
setInterval(tick, 500);
dress();
fill(await fetch("/book.json").then((answer) => answer.json()));
signIn();
show();
