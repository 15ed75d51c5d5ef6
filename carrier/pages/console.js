/* The console of the phone company: shows what is going on once a second, and does what somebody on the phone would. */
import { ask, attempt, button, keep, know, make, named, say, the, tickAll } from "./console-parts.js";
import { word } from "./console-words.js";
import * as live from "./console-live.js";
import * as past from "./console-past.js";
import { language } from "./words.js";

/** @typedef {import("./console-parts.js").Shown} Shown */

const EVERY = 1000;
/** What may go wrong at each point: the name of its words, the fault, what it is told. @type {Record<string, [string, string, Shown][]>} */
const KINDS = {
  callback: ["Lose", "Duplicate", "Delay", "Swap", "Early", "Skew"].map((kind) => [kind, kind, {}]),
  request: ["Respond", "Slow", "LoseAnswer"].map((kind) => [kind, kind, {}]),
  rest: ["Refuse", "LoseAnswer", "Hide"].map((kind) => [kind, kind, {}]),
  call: [["Outcome_busy", "Outcome", { status: "busy" }], ["Outcome_no_answer", "Outcome", { status: "no-answer" }], ["Outcome_failed", "Outcome", { status: "failed" }]],
  recording: [["Absent", "Absent", {}]],
  message: [["Fail", "Fail", {}], ["Fail_late", "Fail", { late: true }], ["Lose", "Lose", {}]],
};
/** The events that a rule may be narrowed to. @type {Record<string, string[]>} */
const EVENTS = {
  callback: ["participant-join", "participant-leave", "conference-start", "conference-end", "completed", "delivered", "sent"],
  request: ["ringing", "in-progress", "text"], rest: ["GET", "POST", "DELETE"], call: ["outbound-api", "outbound-dial"],
};

/* Looking */

let lost = false;

async function look() {
  const [state, one] = await Promise.all([ask("GET", "/state"), live.chosen.sid ? ask("GET", `/calls/${live.chosen.sid}`).catch(() => undefined) : undefined]);
  know(state.numbers);
  live.show(state);
  past.show(state, one);
  keep(the("rules"), state.faults.map(rule));
  offer(state.numbers);
}

async function watch() {
  try {
    if (!document.hidden) await look();
    if (lost) say("");
    lost = false;
  } catch (error) {
    if (!(error instanceof TypeError)) console.error(error);
    lost = true;
    say(word("lost"));
  }
  setTimeout(watch, EVERY);
}

const soon = () => void look().catch(() => undefined);

/** @param {Shown[]} numbers */
function offer(numbers) {
  keep(the("numbers"), numbers.map(({ number, name }) => ({ key: number, shown: name, draw: () => new Option(name, number) })));
  for (const form of ["call", "text"]) {
    const to = field(form, "to");
    if (!to.dataset["offered"] && numbers[0]) (to.value ||= numbers[0]["number"]), (to.dataset["offered"] = "yes");
    name(form);
  }
}

/** Say whose number somebody has written. @param {string} form */
function name(form) {
  for (const end of ["from", "to"]) {
    const number = dialled(field(form, end).value);
    field(form, `${end}_name`).value = named(number) === number ? "" : named(number);
  }
}

/* Faults */

/** @param {Shown} rule */
function rule(rule) {
  const { point, probability, path, event, limit } = rule["when"];
  const kind = (KINDS[point] ?? []).find(([, does, told]) => does === rule["do"] && Object.entries(told).every(([name, value]) => rule["with"][name] === value));
  const often = [probability === 1 ? word("always") : `${Math.round(probability * 100)} %`, path, event, limit && `≤ ${limit}`].filter(Boolean).join(" · ");
  const remove = button("button", word("remove"), () => void attempt(ask("DELETE", `/faults/${rule["key"]}`)).then(soon));
  const draw = () => make("li", make("div", make("b", word(kind?.[0] ?? rule["do"])), make("p.quiet", `${word(`p_${point}`)} · ${often} · ${word("struck")} ${rule["struck"]}×`)), remove);
  return { key: rule["key"], shown: rule, draw };
}

function kinds() {
  const point = field("fault", "point").value;
  field("fault", "kind").replaceChildren(...(KINDS[point] ?? []).map(([name], at) => new Option(word(name), String(at))));
  the("events").replaceChildren(...(EVENTS[point] ?? []).map((event) => new Option(event, event)));
}

/** @param {Record<string, string>} said */
function inject(said) {
  const [, does, told] = KINDS[said["point"] ?? ""]?.[Number(said["kind"])] ?? ["", "", {}];
  const when = { point: said["point"], path: said["path"], event: said["event"], probability: Number(said["chance"]) / 100, limit: Number(said["limit"]) || null };
  return ask("POST", "/faults", { when, do: does, with: told });
}

/* Forms */

/** @param {string} form @param {string} name */
const field = (form, name) => /** @type {HTMLInputElement} */ (/** @type {HTMLFormElement} */ (the(form)).elements.namedItem(name));

/** @param {string} to @returns {Promise<string>} a number that can be called; throws with a sentence */
async function number(to) {
  if (!/^(whatsapp:)?\+[1-9]\d{5,14}$/.test(dialled(to))) throw new Error(word("no_number"));
  return dialled(to);
}

/** @param {string} text a number as somebody writes it */
const dialled = (text) => text.replace(/[\s()-]/g, "");

/** @param {string} id @param {(said: Record<string, string>) => Promise<unknown>} doing @param {string[]} cleared */
function on(id, doing, cleared = []) {
  the(id).addEventListener("submit", (event) => {
    event.preventDefault();
    const said = Object.fromEntries([...new FormData(/** @type {HTMLFormElement} */ (the(id)))].map(([name, value]) => [name, String(value)]));
    void attempt(doing(said)).then((done) => {
      if (done) for (const name of cleared) field(id, name).value = "";
      soon();
    });
  });
}

/** @param {Record<string, string>} said */
async function dial(said) {
  const leg = await ask("POST", "/calls", { from: dialled(said["from"] ?? ""), to: await number(said["to"] ?? "") });
  if (live.chosen.sid !== leg.sid) live.choose(leg.sid);
}

/* How the page begins */

function dress() {
  document.documentElement.lang = language === "zh" ? "zh-Hans-CN" : "en";
  document.title = word("title");
  for (const element of document.querySelectorAll("[data-say]")) element.textContent = word(/** @type {HTMLElement} */ (element).dataset["say"] ?? "");
  for (const element of document.querySelectorAll("[data-label]")) element.setAttribute("aria-label", word(/** @type {HTMLElement} */ (element).dataset["label"] ?? ""));
  for (const element of document.querySelectorAll("[data-empty]")) element.setAttribute("data-empty", word(/** @type {HTMLElement} */ (element).dataset["empty"] ?? ""));
  the("language").textContent = word("other");
  field("fault", "point").replaceChildren(...Object.keys(KINDS).map((point) => new Option(word(`p_${point}`), point)));
  kinds();
  percent();
}

function percent() {
  field("fault", "percent").value = `${field("fault", "chance").value} %`;
}

/** @param {{numbers?: Shown[], callers?: Shown[]}} book */
function fill({ callers = [] }) {
  know(callers);
  the("callers").replaceChildren(...callers.map(({ number }) => new Option(named(number), number)));
  for (const form of ["call", "text"]) field(form, "from").value = callers[0]?.["number"] ?? "+4915550000101";
}

live.chosen.changed = soon;
past.tabs();
the("language").addEventListener("click", () => {
  localStorage.setItem("handset:language", language === "zh" ? "en" : "zh");
  location.search = "";
});
the("only").querySelector("button")?.addEventListener("click", () => live.choose(live.chosen.sid));
field("fault", "point").addEventListener("change", kinds);
field("fault", "chance").addEventListener("input", percent);
on("call", dial);
on("text", async ({ from = "", to = "", body = "" }) => ask("POST", "/texts", { from: dialled(from), to: await number(to), body }), ["body"]);
on("fault", inject);
document.addEventListener("keydown", live.type);
setInterval(tickAll, 500);
dress();
fill(await fetch("/book.json").then((answer) => answer.json()).catch(() => ({})));
void watch();
