/* The composer: reply and note, each with its own text, files and draft; sending says honestly what happened. */
import { behave } from "./behave";
import { canned } from "./canned";
import { byText, partsWord, whyNoText } from "./texting";
import { Drafts, type Draft } from "./drafts";
import { refreshTopics } from "./live";
import { icon, make } from "./marks";
import { answered } from "./once";
import { Refusal, Unreachable, post } from "./server";
import { isConnected, typing } from "./socket";
import { type Told, tell } from "./submit";
import { Uploads, receive } from "./uploads";
import { visit } from "./visit";
import { listed, word } from "./words";

export type Kind = "reply" | "note";

class Composer {
  private kind: Kind = "reply";
  private readonly send: HTMLButtonElement | null;
  private readonly drafts: Drafts;
  private readonly uploads: Record<Kind, Uploads>;

  constructor(private readonly form: HTMLFormElement) {
    this.send = form.querySelector("[data-send]");
    this.uploads = { reply: this.filesOf("reply"), note: this.filesOf("note") };
    this.drafts = new Drafts(form.dataset["draftUrl"] ?? "", (text, tone) => this.say(text, tone));
    for (const kind of ["reply", "note"] as const) this.prepare(kind);
    this.listen();
    this.address();
    this.mark();
    this.show((form.dataset["kind"] as Kind | undefined) ?? "reply", false);
  }

  /** Nothing is lost when the page goes: what is not saved yet is sent on its way. */
  leave(): void {
    this.drafts.flush();
  }

  private text(kind: Kind): HTMLTextAreaElement {
    return this.form.querySelector<HTMLTextAreaElement>(`textarea[data-for="${kind}"]`) ?? document.createElement("textarea");
  }

  private filesOf(kind: Kind): Uploads {
    const place = this.form.querySelector<HTMLElement>(`.files[data-for="${kind}"]`) ?? document.createElement("div");
    return new Uploads(place, this.form.dataset["uploadUrl"] ?? "", () => this.changed(kind, 0));
  }

  private prepare(kind: Kind): void {
    const text = this.text(kind);
    const kept = this.drafts.kept(kind);
    if (kept !== undefined && kept !== text.value) {
      text.value = kept;
      this.changed(kind);
    }
    text.addEventListener("input", () => {
      grow(text);
      typing();
      this.changed(kind);
    });
    text.addEventListener("keydown", (event) => event.key === "Escape" && !event.defaultPrevented && text.blur());
    canned(text, this.form);
    grow(text);
  }

  private listen(): void {
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.deliver(event.submitter);
    });
    this.form.addEventListener("cc:outdated", (event) => this.outdated((event as CustomEvent<HTMLElement>).detail));
    this.form.addEventListener("click", (event) => this.click(event.target as Element));
    this.form.addEventListener("input", (event) => {
      if (!(event.target instanceof HTMLInputElement) || !event.target.name) return;
      this.address();
      this.changed(this.kind);
    });
    receive(this.form, (file) => this.uploads[this.kind].add(file));
  }

  private click(target: Element): void {
    const tab = target.closest<HTMLElement>("button[data-kind]");
    if (tab) this.show(tab.dataset["kind"] as Kind, true);
    if (target.closest("[data-cc]")) this.toggleCopies();
  }

  private show(kind: Kind, focus: boolean): void {
    this.kind = kind;
    this.form.classList.toggle("is-note", kind === "note");
    for (const tab of this.form.querySelectorAll("[data-kind]")) tab.setAttribute("aria-selected", String(tab.getAttribute("data-kind") === kind));
    for (const part of this.form.querySelectorAll<HTMLElement>("[data-for]")) part.hidden = part.dataset["for"] !== kind;
    grow(this.text(kind));
    this.check();
    if (!focus) return;
    const text = this.text(kind);
    text.focus();
    text.setSelectionRange(text.value.length, text.value.length);
  }

  private toggleCopies(): void {
    const fields = this.form.querySelector<HTMLElement>("[data-copies]");
    if (!fields) return;
    fields.hidden = !fields.hidden;
    this.form.querySelector("[data-cc]")?.setAttribute("aria-expanded", String(!fields.hidden));
    if (!fields.hidden) fields.querySelector("input")?.focus();
  }

  private showCopies(): void {
    const fields = this.form.querySelector<HTMLElement>("[data-copies]");
    if (fields) fields.hidden = false;
  }

  private changed(kind: Kind, after?: number): void {
    this.drafts.save(kind, this.draft(kind), after);
    this.mark();
    this.check();
  }

  /** A composer with something in it is not exchanged under the writer's hands. */
  private mark(): void {
    const isDirty = (["reply", "note"] as const).some((kind) => this.text(kind).value.trim() || this.uploads[kind].ids().length || this.uploads[kind].isBusy());
    if (isDirty) this.form.dataset["dirty"] = "";
    else delete this.form.dataset["dirty"];
  }

  /** An answer would go to others now than when the writing began: say so, and leave it to the writer. */
  private outdated(now: HTMLElement): void {
    const fields = ["to", "cc"].map((name) => [this.form.querySelector<HTMLInputElement>(`[name="${name}"]`), now.querySelector<HTMLInputElement>(`[name="${name}"]`)] as const);
    const isSame = fields.every(([here, there]) => !here || !there || here.value === there.value);
    this.form.previousElementSibling?.matches("#outdated") && this.form.previousElementSibling.remove();
    if (isSame) return;
    const use = make("button", { type: "button", class: "button button-s" }, word("use_it"));
    const line = make("div", { class: "stale", role: "status", id: "outdated", "data-mine": true }, icon("mail-forward"), make("span", { class: "cut" }, word("outdated", fields[0]?.[1]?.value ? word("to", fields[0][1].value) : (now.dataset["page"] ?? word("to_nobody")))), use);
    use.addEventListener("click", () => {
      for (const [here, there] of fields) if (here && there) here.value = there.value;
      this.form.dataset["stamp"] = now.dataset["stamp"] ?? "";
      line.remove();
      this.address();
      this.changed("reply");
      this.text(this.kind).focus();
    });
    this.form.before(line);
  }

  /** Beside the tabs stands who gets it; where nobody is mailed, whose private page shows it. */
  private address(): void {
    const place = this.form.querySelector("[data-to]");
    if (!place) return;
    const [to, cc] = ["to", "cc"].map((name) => (this.form.querySelector<HTMLInputElement>(`[name="${name}"]`)?.value ?? "").split(/[,;，；\s]+/).filter(Boolean)) as [string[], string[]];
    const page = to.length || cc.length ? undefined : this.form.dataset["page"];
    const number = byText(this.form);
    const way = number ? "text" : page !== undefined ? "page" : "mail";
    for (const mark of this.form.querySelectorAll<HTMLElement>("[data-by]")) mark.hidden = mark.dataset["by"] !== way;
    place.textContent = number ? word("text_to", number) : page ?? (to.length ? word("to", listed(to)) + (cc.length ? ` · Cc ${cc.length > 2 ? cc.length : listed(cc)}` : "") : word("to_nobody"));
  }

  private draft(kind: Kind): Draft {
    const value = (name: string): string => (kind === "reply" ? (this.form.querySelector<HTMLInputElement>(`[name="${name}"]`)?.value ?? "") : "");
    return { text: this.text(kind).value, to: value("to"), cc: value("cc"), uploads: this.uploads[kind].ids() };
  }

  /** Send is off while there is nothing to send or no way to send it; its title says which. */
  private check(): void {
    if (!this.send || this.form.dataset["busy"] !== undefined) return;
    const draft = this.draft(this.kind);
    const text = this.kind === "reply" && byText(this.form) ? this.text("reply").value : undefined;
    partsWord(this.form, text);
    const why = (text !== undefined && whyNoText(text, this.uploads[this.kind].sizes())) || (!draft.text.trim() && !draft.uploads.length ? word("write_first") : this.uploads[this.kind].isBusy() ? word("uploading") : !isConnected() ? word("offline_send") : "");
    for (const button of this.form.querySelectorAll<HTMLButtonElement>("[data-send], [data-send-more]")) {
      button.disabled = Boolean(why);
      button.title = why;
    }
  }

  private say(text: string, tone = ""): void {
    const place = this.form.querySelector<HTMLElement>("[data-state]");
    if (!place) return;
    place.textContent = text;
    place.className = `composer-state ${tone}`;
  }

  connection(): void {
    this.check();
    if (isConnected()) this.drafts.again();
  }

  private async deliver(submitter: HTMLElement | null): Promise<void> {
    this.check();
    if (this.send?.disabled || this.form.dataset["busy"] !== undefined) return;
    const kind = this.kind;
    const body = this.body(kind, submitter);
    this.busy(true);
    this.say(word("sending"));
    this.drafts.forget(kind);
    try {
      const answer = await post<{ url?: string; toast?: Told }>(this.form.action, body);
      answered(this.form);
      this.clear(kind);
      this.mark();
      this.say("");
      if (body.get("then") === "RESOLVED") (document.activeElement as HTMLElement | null)?.blur(); // one key says what solved it
      if (answer.toast) tell(answer.toast);
      if (answer.url) void visit(answer.url, "replace");
      else refreshTopics([`ticket:${this.form.dataset["ticket"] ?? "*"}`]);
    } catch (problem) {
      if (!(problem instanceof Refusal || problem instanceof Unreachable)) throw problem;
      answered(this.form, problem);
      this.drafts.save(kind, this.draft(kind));
      this.say(`${word("not_sent")}: ${problem.message}`, "bad");
      if (problem instanceof Refusal && ("to" in problem.fields || "copies" in problem.fields)) this.showCopies();
    } finally {
      this.busy(false);
      this.check();
    }
  }

  private body(kind: Kind, submitter: HTMLElement | null): FormData {
    const draft = this.draft(kind);
    const body = new FormData();
    body.set("kind", kind);
    body.set("text", draft.text);
    if (kind === "reply") (body.set("to", draft.to), body.set("cc", draft.cc));
    for (const id of draft.uploads) body.append("upload", id);
    for (const hidden of this.form.querySelectorAll<HTMLInputElement>(":scope > input[type=hidden][name]")) body.set(hidden.name, hidden.value);
    if (submitter instanceof HTMLButtonElement && submitter.name) body.set(submitter.name, submitter.value);
    return body;
  }

  private busy(on: boolean): void {
    if (on) this.form.dataset["busy"] = "";
    else delete this.form.dataset["busy"];
    this.text(this.kind).readOnly = on;
    for (const button of this.form.querySelectorAll<HTMLButtonElement>("[data-send], [data-send-more]")) button.disabled = on;
  }

  private clear(kind: Kind): void {
    document.getElementById("outdated")?.remove();
    const text = this.text(kind);
    text.value = text.defaultValue = "";
    this.uploads[kind].clear();
    grow(text);
  }
}

/** As tall as its text; the composer's own limit makes it scroll. */
function grow(text: HTMLTextAreaElement): void {
  if (text.hidden) return;
  text.style.height = "auto";
  text.style.height = `${text.scrollHeight}px`;
}

behave("form[data-composer]", (form) => {
  const composer = new Composer(form as HTMLFormElement);
  const connection = (): void => composer.connection();
  const leave = (): void => composer.leave();
  document.addEventListener("cc:connection", connection);
  document.addEventListener("cc:leaving", leave);
  window.addEventListener("pagehide", leave);
  return () => {
    document.removeEventListener("cc:connection", connection);
    document.removeEventListener("cc:leaving", leave);
    window.removeEventListener("pagehide", leave);
  };
});
