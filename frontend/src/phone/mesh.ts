/* A telephone at the emulated company: voices go from browser to browser, as its topology says who hears whom; what the
   company itself says is spoken and played here, as its handset does. */
import { Line, type Message } from "../../../carrier/pages/line.js";
import { Sounds } from "../../../carrier/pages/sounds.js";
import { Voices } from "../../../carrier/pages/voices.js";
import { type Pass, type SoftphoneAdapter, type Tell, within } from "./adapter";

const SIGN_IN_WITHIN = 6000;
const LIVE = new Set(["queued", "initiated", "ringing", "in-progress"]);

export class MeshAdapter implements SoftphoneAdapter {
  private line: Line | undefined;
  private pass: Pass | undefined;
  private isLive = false;
  private signedIn: (problem?: Error) => void = () => undefined;
  private readonly voices: Voices;
  private readonly sounds = new Sounds();

  /** *onlyHears*: a telephone beside the agent's own, without a microphone; it tries what callers hear. */
  constructor(private readonly tell: Tell, private readonly onlyHears = false) {
    this.voices = new Voices(
      (event, what) => this.line?.send(event, what),
      (said) => {
        if (said.event === "quality") tell({ what: "quality", quality: said });
        else if (said.event === "blocked") tell({ what: "error", error: "phone_blocked" });
        else if (said.event === "unheard") tell({ what: "error", error: "phone_no_microphone" });
        else if (said.connected) tell({ what: "state", state: "talking" });
      },
    );
  }

  ready(pass: Pass): Promise<void> {
    this.pass = pass;
    const who = (): Record<string, string> => ({ role: "agent", pass: this.pass?.pass ?? "" });
    const signedIn = new Promise<void>((resolve, reject) => {
      this.signedIn = (problem) => (problem ? reject(problem) : resolve());
    });
    this.line = new Line(`${pass.at.replace(/^http/, "ws")}/rtc`, this.onlyHears ? "trial" : "agent", who, (message) => this.hear(message));
    this.line.open();
    return within(signedIn, SIGN_IN_WITHIN, "phone_unreachable_why");
  }

  renew(pass: Pass): void {
    this.pass = pass;
  }

  async connect(params: Record<string, string>): Promise<void> {
    if (!this.onlyHears) await this.voices.listen();
    this.tell({ what: "state", state: "connecting" });
    this.line?.send("connect", { params });
  }

  hangup(): void {
    this.line?.send("hangup");
  }

  mute(on: boolean): void {
    this.voices.mute(on);
  }

  sendDigits(digits: string): void {
    this.sounds.stop();
    this.line?.send("dtmf", { digits });
  }

  say(words: string): void {
    this.sounds.stop();
    this.line?.send("speech", { text: words });
  }

  close(): void {
    this.line?.close();
    this.voices.end();
    this.sounds.stop();
  }

  private hear(message: Message): void {
    if (message.event === "ready") {
      this.signedIn();
      this.tell({ what: "state", state: "ready" });
    } else if (message.event === "refused") this.signedIn(new Error("phone_refused_why"));
    else if (message.event === "lost" || message.event === "kicked") this.tell({ what: "state", state: "lost" });
    else if (message.event === "error") this.tell({ what: "error", error: "phone_failed" });
    else if (message.event === "call.state") this.stands(LIVE.has(message["state"] as string));
    else if (message.event.startsWith("prompt.")) this.play(message);
    else if (message.event === "topology" || message.event.startsWith("rtc.")) this.voices.take(message);
  }

  /** Sounds are ours, whatever name the company knows us by: from here they come under the page's own. */
  private play(message: Message): void {
    if (message.event === "prompt.say") this.sounds.say(message["text"] as string, message["lang"] as string);
    else if (message.event === "prompt.play") this.sounds.play(new URL(message["url"] as string).pathname);
    else if (message.event === "prompt.stop") this.sounds.stop();
    else if (message["kind"] === "beep") this.sounds.tone([1000], 0.4);
  }

  private stands(isLive: boolean): void {
    if (this.isLive && !isLive) {
      this.voices.end();
      this.sounds.stop();
      this.tell({ what: "state", state: "ended" });
    } else if (!this.isLive && isLive) this.tell({ what: "state", state: "connecting" });
    this.isLive = isLive;
  }
}
