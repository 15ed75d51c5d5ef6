/* The help centre: a vote is sent in place, a reading that was more than a glance is counted, and searching while typing. */
import { behave, on } from "./behave";
import { ask, fragment } from "./server";

const READ_AFTER = 5000;
const AFTER = 250;

/** Its answer takes the place of the whole question. Without scripts the page comes back with it. */
on("submit", "form[data-vote]", (form, event) => {
  event.preventDefault();
  void vote(form as HTMLFormElement, event.submitter);
});

async function vote(form: HTMLFormElement, submitter: HTMLElement | null): Promise<void> {
  const place = form.closest<HTMLElement>("[data-vote-place]");
  if (form.dataset["busy"] !== undefined || !place) return;
  form.dataset["busy"] = "";
  const body = new FormData(form, submitter instanceof HTMLButtonElement ? submitter : null);
  const html = await ask(form.action, { method: "POST", body, headers: { "HX-Request": "true", Accept: "text/html" } })
    .then((answer) => answer.text())
    .catch(() => "");
  delete form.dataset["busy"];
  if (!html) return form.submit(); // the page will say what is wrong
  place.innerHTML = html;
  place.focus();
}

/** Counted in the browser: pages may come from a cache, and robots do not stay. */
behave("[data-count-reading]", (element) => {
  const timer = setTimeout(() => navigator.sendBeacon(element.dataset["countReading"] ?? ""), READ_AFTER);
  return () => clearTimeout(timer);
});

/** `data-find-in="id"` on the search field of the help centre: titles appear below it. */
behave("input[data-find-in]", (element) => {
  const field = element as HTMLInputElement;
  const place = document.getElementById(field.dataset["findIn"] ?? "");
  if (!place) return undefined;
  let timer = 0;
  let asking: AbortController | undefined;
  const typing = crypto.randomUUID?.() ?? String(Math.random());
  const find = async (): Promise<void> => {
    asking?.abort();
    const mine = (asking = new AbortController());
    const words = field.value.trim();
    const url = new URL(field.form?.action ?? "", location.href);
    url.search = new URLSearchParams({ q: words, typing }).toString();
    const html = words.length > 1 ? await fragment(url.href, mine.signal).catch(() => "") : "";
    if (mine.signal.aborted) return;
    place.innerHTML = html;
    place.hidden = !html;
  };
  const typed = (): void => void (clearTimeout(timer), (timer = window.setTimeout(() => void find(), AFTER)));
  const away = (event: MouseEvent): void => void (!(event.target instanceof Node && (place.contains(event.target) || field.contains(event.target))) && (place.hidden = true));
  field.addEventListener("input", typed);
  document.addEventListener("click", away);
  return () => document.removeEventListener("click", away);
});
on("keydown", "input[data-find-in]", (field, event) => {
  const place = document.getElementById(field.dataset["findIn"] ?? "");
  if (event.isComposing || !place || place.hidden) return;
  if (event.key === "Escape") (event.preventDefault(), (place.hidden = true));
  if (event.key === "ArrowDown") (event.preventDefault(), place.querySelector("a")?.focus());
});
on("keydown", "[data-found] a", (link, event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const list = link.closest<HTMLElement>("[data-found]");
  if (!list || (step === undefined && event.key !== "Escape")) return;
  event.preventDefault();
  const all = [...list.querySelectorAll<HTMLElement>("a")];
  const next = step === undefined ? undefined : all[all.indexOf(link) + step];
  (next ?? document.querySelector<HTMLElement>(`[data-find-in="${CSS.escape(list.id)}"]`))?.focus();
  if (event.key === "Escape") list.hidden = true;
});
