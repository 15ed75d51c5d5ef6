/* Drafts are saved while typing; without a connection they stay in this browser until there is one. */
import type { Kind } from "./composer";
import { Unreachable, csrf, post } from "./server";
import { word } from "./words";

export interface Draft {
  text: string;
  to: string;
  cc: string;
  uploads: string[];
}

const AFTER = 800;
const UNDER_WAY = 15_000; // by then what was handed over is stored, or never will be

export class Drafts {
  private readonly timers = new Map<Kind, number>();
  private readonly unsaved = new Map<Kind, Draft>();
  private readonly sending = new Map<Kind, Promise<void>>();

  constructor(
    private readonly url: string,
    private readonly say: (text: string, tone?: string) => void,
  ) {}

  /** What an earlier visit could not save, or was just handing over when the page went. */
  kept(kind: Kind): string | undefined {
    const [at, text] = JSON.parse(sessionStorage.getItem(this.key(kind)) ?? "[0, null]") as [number, string | null];
    sessionStorage.removeItem(this.key(kind));
    if (text !== null && Date.now() - at < UNDER_WAY) return text;
    return localStorage.getItem(this.key(kind)) ?? undefined;
  }

  save(kind: Kind, draft: Draft, after = AFTER): void {
    if (!this.url) return;
    this.unsaved.set(kind, draft);
    clearTimeout(this.timers.get(kind));
    this.timers.set(kind, window.setTimeout(() => void this.store(kind), after));
  }

  /** It is being sent: what was scheduled must not bring it back afterwards. */
  forget(kind: Kind): void {
    clearTimeout(this.timers.get(kind));
    this.unsaved.delete(kind);
    localStorage.removeItem(this.key(kind));
  }

  /** The connection is back. */
  again(): void {
    for (const kind of this.unsaved.keys()) void this.store(kind);
  }

  /** The page goes: hand over what is left; the browser delivers it after us. */
  flush(): void {
    for (const [kind, draft] of this.unsaved) {
      clearTimeout(this.timers.get(kind));
      const body = form(kind, draft);
      body.set("csrf_token", csrf());
      sessionStorage.setItem(this.key(kind), JSON.stringify([Date.now(), draft.text])); // the next page may be faster
      navigator.sendBeacon(this.url, body);
    }
    this.unsaved.clear();
  }

  private key(kind: Kind): string {
    return `cc:draft:${document.body.dataset["agent"] ?? ""}:${this.url}:${kind}`;
  }

  private async store(kind: Kind): Promise<void> {
    await this.sending.get(kind);
    const draft = this.unsaved.get(kind);
    if (!draft) return;
    this.say(word("saving"));
    const work = this.attempt(kind, draft);
    this.sending.set(kind, work);
    await work;
  }

  private async attempt(kind: Kind, draft: Draft): Promise<void> {
    try {
      await post(this.url, form(kind, draft));
      if (this.unsaved.get(kind) === draft) this.unsaved.delete(kind);
      localStorage.removeItem(this.key(kind));
      this.say(draft.text || draft.uploads.length ? word("saved") : "");
    } catch (problem) {
      localStorage.setItem(this.key(kind), draft.text);
      this.say(word(problem instanceof Unreachable ? "saved_here" : "save_failed"), "warn");
    }
  }
}

function form(kind: Kind, draft: Draft): FormData {
  const body = new FormData();
  body.set("kind", kind);
  body.set("text", draft.text);
  body.set("to", draft.to);
  body.set("cc", draft.cc);
  for (const id of draft.uploads) body.append("upload", id);
  return body;
}
