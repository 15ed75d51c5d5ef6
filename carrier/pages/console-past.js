/* What happened: the timeline, requests to the application, texts as threads, alerts; of one call where one is chosen. */
import { ask, attempt, clock, keep, legs, make, named, the, who } from "./console-parts.js";
import { happening, word } from "./console-words.js";
import { chip } from "./console-live.js";

/** @typedef {import("./console-parts.js").Shown} Shown */

const MOST = 150;
/** What somebody has opened stays open. @type {Map<string, Shown[] | null>} */
const opened = new Map();

/** @param {Shown} state @param {Shown | undefined} one the call that is chosen */
export function show(state, one) {
  const { timeline, webhooks } = one ?? state;
  keep(the("timeline"), latest(timeline).map(([event, key]) => ({ key, shown: [event, who(event["sid"]), !one], draw: () => happened(event, !one) })));
  keep(the("requests"), latest(webhooks).map(([sent, at]) => request(sent, at)));
  keep(the("texts"), threads(state["texts"]));
  keep(the("alerts"), latest(state["alerts"]).map(([alert, key]) => ({ key, shown: alert, draw: () => complaint(alert) })));
  the("tab-alerts").textContent = word("alerts") + (state["alerts"].length ? ` (${state["alerts"].length})` : "");
  the("only").hidden = !one;
  the("only").firstElementChild?.replaceChildren(one ? `${word("only")} ${who(one["sid"])}` : "");
}

/** The newest first, each with a name that stays. @param {Shown[]} things @returns {[Shown, string][]} */
function latest(things) {
  /** @type {Map<string, number>} */
  const seen = new Map();
  const keyed = things.map((thing) => {
    const base = [thing["at"], thing["kind"] ?? thing["code"], thing["sid"] ?? thing["token"]].join(" ");
    seen.set(base, (seen.get(base) ?? 0) + 1);
    return /** @type {[Shown, string]} */ ([thing, `${base} ${seen.get(base)}`]);
  });
  return keyed.reverse().slice(0, MOST);
}

/* The timeline */

/** @param {Shown} event @param {boolean} withName */
function happened(event, withName) {
  const { sound, what, ...data } = event["data"];
  const said = event["kind"] === "hears" ? what : Object.entries(data).filter(([, value]) => value !== "" && value !== null).map(([name, value]) => `${name.replace("_", "")} ${typeof value === "object" ? JSON.stringify(value) : value}`).join(" · ");
  return make("div.row", make("time", clock(event["at"])), make("div", make("p.line", make("b", happening(event["kind"])), withName && legs.has(event["sid"]) && chip(event["sid"])), said ? make("p.quiet", String(said)) : ""));
}

/** @param {Shown} alert */
const complaint = (alert) => make("div.row", make("time", clock(alert["at"])), make("div", make("p.line", make("b.bad", String(alert["code"])), legs.has(alert["sid"]) && chip(alert["sid"])), make("p.quiet", alert["message"])));

/* Requests to the application */

/** @param {Shown} sent @param {string} at */
function request(sent, at) {
  return { key: at, shown: [sent, opened.get(at), who(sent["call"]), named(sent["from"])], draw: () => asked(sent, at) };
}

/** @param {Shown} sent @param {string} at */
function asked(sent, at) {
  const url = URL.parse?.(sent["url"]) ?? null;
  const summary = make("summary", make("time", clock(sent["at"])), make("span.path", url ? url.pathname : sent["url"], make("span.quiet", [sent["event"], legs.has(sent["call"]) ? who(sent["call"]) : named(sent["from"])].filter(Boolean).join(" · "))), outcome(sent["outcome"]));
  summary.dataset["focus"] = "summary";
  const made = /** @type {HTMLDetailsElement} */ (make("details.request", summary));
  const attempts = opened.get(at);
  made.open = opened.has(at);
  if (attempts) made.append(...attempts.map((one, place) => inside(one, attempts.length > 1 ? place + 1 : 0)));
  made.addEventListener("toggle", () => {
    if (!made.open) opened.delete(at);
    else if (!opened.has(at)) {
      opened.set(at, null);
      void attempt(ask("GET", `/requests/${encodeURIComponent(sent["token"])}`).then((found) => {
        opened.set(at, found);
        made.append(...found.map((/** @type {Shown} */ one, /** @type {number} */ place) => inside(one, found.length > 1 ? place + 1 : 0)));
        made.dataset["drawn"] = JSON.stringify([sent, found, who(sent["call"]), named(sent["from"])]);
      }));
    }
  });
  return made;
}

/** @param {string} said the status, or what failed */
function outcome(said) {
  const made = make("span.outcome", Number(said) ? said : word(said));
  made.dataset["class"] = Number(said) ? said.slice(0, 1) : "5";
  return made;
}

/** @param {Shown} one @param {number} place */
function inside(one, place) {
  const form = /** @type {[string, string][]} */ (one["form"]).map(([name, value]) => make("tr", make("th", name), make("td", value)));
  return make("div.inside",
    make("p.quiet", place ? `${word("attempt")} ${place} · ` : "", `${one["method"]} ${one["url"]}`),
    make("h4", word("carried")), make("table", make("tbody", ...form)),
    make("h4", `${word("answered")} · ${Number(one["outcome"]) ? one["outcome"] : word(one["outcome"])}`), one["body"] ? make("pre", one["body"].trim()) : make("p.quiet", word("empty")));
}

/* Texts */

/** @param {Shown[]} texts */
function threads(texts) {
  /** @type {Map<string, Shown[]>} */
  const found = new Map();
  for (const text of texts) {
    const pair = JSON.stringify(text["direction"] === "inbound" ? [text["from"], text["to"]] : [text["to"], text["from"]]);
    found.set(pair, [...(found.get(pair) ?? []), text]);
  }
  const newest = (/** @type {Shown[]} */ said) => said.at(-1)?.["at"] ?? "";
  const sorted = [...found].sort(([, one], [, other]) => newest(other).localeCompare(newest(one)));
  return sorted.map(([pair, said]) => {
    const [theirs = "", ours = ""] = /** @type {string[]} */ (JSON.parse(pair));
    return { key: pair, shown: [said, named(theirs)], draw: () => thread(theirs, ours, said) };
  });
}

/** @param {string} theirs @param {string} ours @param {Shown[]} said */
function thread(theirs, ours, said) {
  return make("article.thread", make("h3", named(theirs), make("span.quiet", `${named(theirs) === theirs ? "" : `${theirs} `}→ ${named(ours)}`)), make("ol", ...said.map(bubble)), replying(theirs, ours));
}

/** @param {Shown} text */
function bubble(text) {
  const below = [clock(text["at"]), text["direction"] === "inbound" ? "" : word(`t_${text["status"]}`), text["error"] ? String(text["error"]) : "", text["media"] ? `${text["media"]} ${word("media")}` : ""];
  const made = make(text["direction"] === "inbound" ? "li.mine" : "li", text["body"], make(text["error"] ? "span.quiet.bad" : "span.quiet", below.filter(Boolean).join(" · ")));
  return made;
}

/** @param {string} theirs @param {string} ours */
function replying(theirs, ours) {
  const words = /** @type {HTMLInputElement} */ (make("input"));
  Object.assign(words, { name: "reply", maxLength: 1600, placeholder: `${word("reply")} ${named(theirs)}…`, autocomplete: "off" });
  words.setAttribute("aria-label", words.placeholder);
  words.dataset["focus"] = "reply";
  const made = make("form.speak", words, make("button", word("send")));
  made.addEventListener("submit", (event) => {
    event.preventDefault();
    if (words.value.trim()) void attempt(ask("POST", "/texts", { from: theirs, to: ours, body: words.value })).then((done) => done && (words.value = ""));
  });
  return made;
}

/* Which of them is looked at */

export function tabs() {
  const all = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("[role=tab]")]);
  for (const tab of all) {
    tab.addEventListener("click", () => open(tab, all));
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (step) open(/** @type {HTMLElement} */ (all[(all.indexOf(tab) + step + all.length) % all.length]), all);
    });
  }
}

/** @param {HTMLElement} tab @param {HTMLElement[]} all */
function open(tab, all) {
  for (const one of all) {
    one.setAttribute("aria-selected", String(one === tab));
    one.tabIndex = one === tab ? 0 : -1;
    the(one.getAttribute("aria-controls") ?? "").hidden = one !== tab;
  }
  tab.focus();
}
