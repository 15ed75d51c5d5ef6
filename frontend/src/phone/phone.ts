/* This browser as the agent's telephone: one window of theirs holds it, with a microphone, signed in at the company. */
import { toast } from "../toast";
import { json, post } from "../server";
import { ask, onSocket } from "../socket";
import { word } from "../words";
import { type Pass, type Said, type SoftphoneAdapter } from "./adapter";

/** Why it cannot telephone, or that it can. Each is a sentence of the page's words: phone_ready, phone_off, … */
export type Standing = "starting" | "ready" | "off" | "denied" | "elsewhere" | "unreachable" | "refused";

const LOCK = "softphone";
const AGAIN = 5000;
const BACK = new Set<Standing>(["ready", "unreachable", "refused"]); // from where a telephone comes back by itself
const REFUSED_AGAIN = 30_000;

class Telephone {
  standing: Standing = "starting";
  isMuted = false;
  private inCall = false;
  private adapter: SoftphoneAdapter | undefined;
  private isSignedIn = false; // at the company
  private timers: number[] = [];
  private readonly used = new Set<string>(); // nonces; each is good for one connection

  /** Whether voices are in this very window. */
  get isHere(): boolean {
    return this.standing === "ready";
  }

  /** Be the telephone as soon as no other window is. */
  start(): void {
    this.stand("elsewhere");
    void navigator.locks.request(LOCK, () => this.hold());
    onSocket("connect", () => this.comeBack());
    onSocket("phone.taken", ({ key }: { key: string }) => key !== onSocket.id() && this.isHere && this.leave("elsewhere"));
    document.addEventListener("cc:phone", (event) => void this.connect((event as CustomEvent<{ nonce: string }>).detail.nonce));
    document.addEventListener("cc:nudge", (event) => "call" in (event as CustomEvent<{ ids: object }>).detail.ids && void this.connectExpected().catch(() => undefined));
  }

  /** What the person wants by pressing the pill: the microphone, or the telephone in this window. */
  async choose(): Promise<void> {
    if (this.standing === "elsewhere") return void (await this.open(true));
    if (this.standing === "off" || this.standing === "denied") await this.askForMicrophone();
    else if (this.standing === "unreachable") await this.open();
  }

  mute(on: boolean): void {
    this.isMuted = on;
    this.adapter?.mute(on);
    show();
  }

  hangUp(): void {
    this.adapter?.hangup();
  }

  press(digit: string): void {
    this.adapter?.sendDigits(digit);
  }

  /** With the lock, until the window goes. */
  private async hold(): Promise<void> {
    const permission = await navigator.permissions.query({ name: "microphone" as PermissionName });
    permission.addEventListener("change", () => void this.look(permission));
    await this.look(permission);
    await new Promise(() => undefined);
  }

  private async look(permission: PermissionStatus): Promise<void> {
    if (permission.state === "granted") return this.isHere ? undefined : void (await this.open());
    this.leave(permission.state === "denied" ? "denied" : "off");
  }

  private async askForMicrophone(): Promise<void> {
    try {
      const heard = await navigator.mediaDevices.getUserMedia({ audio: true });
      for (const track of heard.getTracks()) track.stop();
      if (!this.isHere) await this.open();
    } catch {
      this.stand("denied");
      toast(word("phone_denied_why"), "warn");
    }
  }

  private async open(takes = false): Promise<void> {
    this.close();
    this.stand("starting");
    try {
      const pass = await post<Pass>("/desk/phone/pass", {});
      this.adapter = await make(pass, (said) => this.hear(said));
      await this.adapter.ready(pass);
      this.timers.push(window.setInterval(() => void this.renew(), Number(pass.seconds) * 500));
      await this.announce(takes);
    } catch (problem) {
      const isRefused = problem instanceof Error && problem.message === "phone_refused_why";
      this.leave(isRefused ? "refused" : "unreachable");
      this.timers.push(window.setTimeout(() => void this.open(), isRefused ? REFUSED_AGAIN : AGAIN));
    }
  }

  /** Tell the server that calls may be offered: to one window of all browsers. */
  private async announce(takes = false): Promise<void> {
    const { ok } = await ask<{ ok: boolean }>("phone.open", { take: takes });
    if (!ok) {
      this.leave("elsewhere");
      this.timers.push(window.setTimeout(() => void this.open(), AGAIN));
      return;
    }
    this.stand("ready");
    await this.connectExpected();
  }

  /** The company and the server were lost, both or one, and are back in any order: calls may be offered again. */
  private comeBack(): void {
    if (!this.isSignedIn || !BACK.has(this.standing)) return;
    void this.announce().catch(() => this.timers.push(window.setTimeout(() => this.comeBack(), AGAIN)));
  }

  private async renew(): Promise<void> {
    this.adapter?.renew(await post<Pass>("/desk/phone/pass", {}));
  }

  /** A call that was accepted in another window, or before a reload, waits for its telephone. */
  private async connectExpected(): Promise<void> {
    if (!this.isHere) return;
    const { nonce } = await json<{ nonce?: string }>("/desk/calls/expected");
    if (nonce) await this.connect(nonce);
  }

  private async connect(nonce: string): Promise<void> {
    if (!this.isHere || this.used.has(nonce)) return;
    this.used.add(nonce);
    this.isMuted = false;
    try {
      await this.adapter?.connect({ nonce });
    } catch (problem) {
      this.fail(problem instanceof DOMException ? "phone_no_microphone" : (problem as Error).message);
    }
  }

  private hear(said: Said): void {
    if (said.what === "error") this.fail(said.error);
    if (said.what === "quality") document.dispatchEvent(new CustomEvent("cc:quality", { detail: said.quality }));
    if (said.what !== "state") return;
    if (said.state === "ready" || said.state === "lost") this.isSignedIn = said.state === "ready";
    if (said.state === "lost" && this.isHere) this.lose();
    if (said.state === "ready" && !this.isHere) this.comeBack();
    if (said.state === "talking") this.inCall = true;
    if (said.state === "ended") this.inCall = this.isMuted = false;
    show();
  }

  /** Say what went wrong, unless the pill says it already. */
  private fail(error: string): void {
    if (error === "phone_refused_why") return this.refuse();
    if (error !== `phone_${this.standing}_why`) toast(word(error), "warn");
    if (error === "phone_no_microphone" && !this.inCall && this.isHere) this.leave("denied"); // or every caller would wait for nothing
  }

  /** The pass is over, as after a night asleep: ask for a fresh one, and go on asking, slowly. A call goes on meanwhile. */
  private refuse(): void {
    if (this.standing === "starting") return; // `open` says so itself
    const again = this.standing === "refused";
    if (this.isHere) this.lose();
    this.stand("refused");
    this.timers.push(window.setTimeout(() => void this.renew().catch(() => this.refuse()), again ? REFUSED_AGAIN : 0));
  }

  /** The company does not answer: no calls are offered until it does; an adapter tries by itself. */
  private lose(): void {
    this.stand("unreachable");
    void ask("phone.close", {}).catch(() => undefined); // the server notices by itself
  }

  private leave(standing: Standing): void {
    if (this.isHere) void ask("phone.close", {}).catch(() => undefined);
    this.close();
    this.stand(standing);
  }

  private close(): void {
    this.inCall = false;
    for (const timer of this.timers) (clearInterval(timer), clearTimeout(timer));
    this.timers = [];
    this.adapter?.close();
    this.adapter = undefined;
    this.isSignedIn = false;
  }

  private stand(standing: Standing): void {
    this.standing = standing;
    show();
  }
}

/** A telephone for that pass. *onlyHears*: besides the agent's own, to try a number with. */
export async function make({ kind }: Pass, tell: (said: Said) => void, onlyHears = false): Promise<SoftphoneAdapter> {
  if (kind === "mesh") return new (await import("./mesh")).MeshAdapter(tell, onlyHears);
  return new (await import("./twilio")).TwilioDeviceAdapter(tell);
}

const show = (): boolean => document.dispatchEvent(new CustomEvent("cc:telephone"));

export const telephone = new Telephone();
