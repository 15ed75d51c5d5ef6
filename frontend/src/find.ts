/* Finding in a list: its rows follow while one types; Enter puts the cursor on the first of them. */
import { on } from "./behave";
import { merge } from "./merge";
import { move } from "./rows";
import { fragment } from "./server";
import { asked } from "./submit";

const AFTER = 180;
let timer = 0;
let wanted = ""; // the address that was asked for last, and when it is shown
let shown: Promise<void> = Promise.resolve();
let asking: AbortController | undefined;

on("input", "[data-find]", (field) => {
  clearTimeout(timer);
  timer = window.setTimeout(() => void find(field as HTMLInputElement), AFTER);
});
on("keydown", "[data-find]", (field, event) => {
  if (!(field instanceof HTMLInputElement) || event.isComposing) return;
  if (event.key === "Escape") (field.value ? ((field.value = ""), void find(field)) : field.blur());
  else if (event.key === "Enter" || event.key === "ArrowDown") void find(field).then(() => (field.blur(), move(1)));
  else return;
  event.preventDefault();
  event.stopPropagation();
});

/** Show the list for what is typed; the answer comes when it stands there. */
function find(field: HTMLInputElement): Promise<void> {
  clearTimeout(timer);
  const place = field.closest<HTMLElement>("[data-src]");
  if (!field.form || !place) return Promise.resolve();
  const url = asked(field.form);
  if (url !== (wanted || location.href)) {
    wanted = url;
    shown = show(place, url).finally(() => wanted === url && (wanted = ""));
  }
  return shown;
}

/** The inside of the list is merged, its address takes the place of this one. */
async function show(place: HTMLElement, url: string): Promise<void> {
  asking?.abort();
  const mine = (asking = new AbortController());
  const html = await fragment(url, mine.signal).catch(() => undefined);
  const fresh = html === undefined ? null : new DOMParser().parseFromString(html, "text/html").getElementById(place.id);
  if (!fresh || mine.signal.aborted) return;
  place.dataset["src"] = fresh.dataset["src"] ?? "";
  history.replaceState(history.state, "", url);
  merge(place, fresh.innerHTML);
}
