/* While somebody writes a request, articles that may answer it appear below the field and are read in place.
   Nothing here touches what was typed: a form that an article made needless is put aside, not emptied. */
import { behave } from "./behave";
import { icon, make } from "./marks";
import { ask, fragment } from "./server";

const AFTER = 600; // a person stops for so long between two thoughts
const FEWEST = 4; // characters; of Chinese ones half as many say as much
const isEnough = (words: string): boolean => [...words.matchAll(/[\u3400-\u9fff]/g)].length * 2 + words.length >= FEWEST + 2;

class Answers {
  private timer = 0;
  private asked = "";
  private asking: AbortController | undefined;
  private isAway = false;

  constructor(
    private readonly field: HTMLTextAreaElement,
    private readonly form: HTMLFormElement,
    private readonly place: HTMLElement,
  ) {}

  later(): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.look(), AFTER);
  }

  click(target: Element): void {
    const title = target.closest<HTMLButtonElement>("[data-read]");
    if (title) void this.read(title);
    else if (target.closest("[data-not-it]")) this.close();
    else if (target.closest("[data-put-away]")) this.putAway();
    else if (target.closest("[data-solved]")) void this.solved(target.closest<HTMLButtonElement>("[data-solved]"));
  }

  /** Not wanted: it stays away until the page is opened anew. */
  putAway(): void {
    this.isAway = true;
    this.asking?.abort();
    this.place.replaceChildren();
    this.field.focus();
  }

  private async look(): Promise<void> {
    const words = this.field.value.trim();
    if (this.isAway || words === this.asked || this.place.querySelector('[aria-expanded="true"]')) return; // not under a reader's eyes
    if (!isEnough(words)) return void ((this.asked = ""), this.place.replaceChildren());
    this.asked = words;
    this.asking?.abort();
    const mine = (this.asking = new AbortController());
    const html = await this.found(words, mine.signal).catch(() => undefined); // no answer is no news
    if (html !== undefined && !mine.signal.aborted && !this.isAway) this.show(html);
  }

  private async found(words: string, signal: AbortSignal): Promise<string> {
    const body = new FormData();
    body.set("words", words.slice(0, 2000));
    for (const name of ["kind", "asset", "order"]) body.set(name, String(new FormData(this.form).get(name) ?? ""));
    const answer = await ask(this.field.dataset["answers"] ?? "", { method: "POST", body, signal, headers: { "HX-Request": "true", Accept: "text/html" } });
    return answer.text();
  }

  private show(html: string): void {
    const fresh = new DOMParser().parseFromString(html, "text/html");
    const titles = (one: ParentNode): string => [...one.querySelectorAll("[data-read]")].map((title) => title.getAttribute("data-read")).join();
    if (titles(fresh) === titles(this.place)) return; // the same again: do not let it flicker, or take the focus
    this.place.replaceChildren(...fresh.body.childNodes);
  }

  private async read(title: HTMLButtonElement): Promise<void> {
    const panel = document.getElementById(title.getAttribute("aria-controls") ?? "");
    if (!panel) return;
    const opens = panel.hidden;
    for (const other of this.place.querySelectorAll<HTMLElement>("[data-read]")) this.fold(other);
    if (!opens) return;
    if (!panel.childElementCount) panel.innerHTML = await fragment(title.dataset["read"] ?? "").catch(() => "");
    if (!panel.childElementCount) return void window.open((title.dataset["read"] ?? "").split("?")[0], "_blank", "noopener");
    panel.hidden = false;
    title.setAttribute("aria-expanded", "true");
  }

  private fold(title: HTMLElement): void {
    title.setAttribute("aria-expanded", "false");
    const panel = document.getElementById(title.getAttribute("aria-controls") ?? "");
    if (panel) panel.hidden = true;
  }

  private close(): void {
    const open = this.place.querySelector<HTMLElement>('[data-read][aria-expanded="true"]');
    if (open) this.fold(open);
    this.field.focus();
  }

  /** No request after all: say thanks where the form was. The form keeps everything, should it be wanted again. */
  private async solved(button: HTMLButtonElement | null): Promise<void> {
    if (!button || button.disabled) return;
    button.disabled = true;
    const html = await ask(button.dataset["solved"] ?? "", { method: "POST", headers: { "HX-Request": "true", Accept: "text/html" } })
      .then((answer) => answer.text())
      .catch(() => "");
    button.disabled = false;
    if (!html) return void button.after(make("span", { role: "alert", class: "small warn" }, icon("alert-triangle")));
    const thanks = make("div", { role: "status", tabindex: "-1", class: "answers-solved" });
    thanks.innerHTML = html;
    const wasDirty = this.form.dataset["dirty"];
    delete this.form.dataset["dirty"]; // one may go without being asked
    this.form.hidden = true;
    this.form.before(thanks);
    thanks.focus();
    thanks.querySelector("[data-write-all-the-same]")?.addEventListener("click", () => {
      thanks.remove();
      this.form.hidden = false;
      if (wasDirty !== undefined) this.form.dataset["dirty"] = wasDirty;
      this.close();
    });
  }
}

/** `data-answers="url"` on a text field; what is found fills the element that `data-answers-in` names. */
behave("[data-answers]", (element) => {
  const field = element as HTMLTextAreaElement;
  const place = document.getElementById(field.dataset["answersIn"] ?? "");
  const form = field.form;
  if (!place || !form) return undefined;
  const found = new Answers(field, form, place);
  const typed = (): void => found.later();
  field.addEventListener("input", typed);
  place.addEventListener("click", (event) => found.click(event.target as Element));
  place.addEventListener("keydown", (event) => event.key === "Escape" && (event.preventDefault(), found.putAway()));
  if (field.value.trim()) found.later();
  return () => field.removeEventListener("input", typed);
});
