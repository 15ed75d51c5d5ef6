/* A telephone at Twilio, by its own library. Loaded only where the pass is for it. */
import { Call, Device, type TwilioError } from "@twilio/voice-sdk";
import { type Pass, type SoftphoneAdapter, type Tell, within } from "./adapter";

const CONNECT_WITHIN = 6000; // with an expired token the library never answers
const AGAIN = 10_000; // the library gives up if the line breaks twice before it has signed in again
const REFUSED = "phone_refused_why";
const UNREACHABLE = "phone_unreachable_why";

// "Voice JavaScript SDK: error codes" → a sentence of the page's words
const ERRORS: Record<number, string> = {
  20101: REFUSED, 20104: REFUSED, 20151: REFUSED, 31201: REFUSED, 31202: REFUSED, 31203: REFUSED, 31204: REFUSED, 31205: REFUSED,
  31000: UNREACHABLE, 31003: UNREACHABLE, 31005: UNREACHABLE, 31009: UNREACHABLE, 53000: UNREACHABLE, 53001: UNREACHABLE,
  31401: "phone_no_microphone", 31402: "phone_no_microphone", 31486: "phone_busy", 31603: "phone_declined", 53405: "phone_no_media",
};

export class TwilioDeviceAdapter implements SoftphoneAdapter {
  private device: Device | undefined;
  private call: Call | undefined;
  private signedIn: (problem?: Error) => void = () => undefined;
  private timer = 0;

  constructor(private tell: Tell) {}

  ready(pass: Pass): Promise<void> {
    const device = (this.device = new Device(pass.pass, {
      appName: "contact-center",
      closeProtection: true,
      codecPreferences: [Call.Codec.Opus, Call.Codec.PCMU],
      enableImprovedSignalingErrorPrecision: true,
      maxCallSignalingTimeoutMs: 30_000,
      tokenRefreshMs: 60_000,
    }));
    const signedIn = new Promise<void>((resolve, reject) => {
      this.signedIn = (problem) => (problem ? reject(problem) : resolve());
    });
    device.on("registered", () => (this.signedIn(), this.tell({ what: "state", state: "ready" })));
    device.on("unregistered", () => this.tell({ what: "state", state: "lost" }));
    device.on("error", (problem: TwilioError.TwilioError) => this.fail(problem)); // a call on the screen is never thrown away by it
    this.register();
    this.timer = window.setInterval(() => this.register(), AGAIN);
    return within(signedIn, CONNECT_WITHIN, UNREACHABLE);
  }

  renew(pass: Pass): void {
    this.device?.updateToken(pass.pass);
  }

  async connect(params: Record<string, string>): Promise<void> {
    if (!this.device) throw new Error(UNREACHABLE);
    this.tell({ what: "state", state: "connecting" });
    const call = (this.call = await within(this.device.connect({ params }), CONNECT_WITHIN, UNREACHABLE));
    call.on("accept", () => this.tell({ what: "state", state: "talking" }));
    call.on("reconnected", () => this.tell({ what: "state", state: "talking" }));
    call.on("reconnecting", () => this.tell({ what: "state", state: "connecting" }));
    call.on("error", (problem: TwilioError.TwilioError) => this.broken(call, problem));
    for (const end of ["disconnect", "cancel", "reject"]) call.on(end, () => this.ended(call));
    call.on("sample", ({ jitter, packetsLostFraction, rtt, audioOutputLevel }: Record<string, number>) =>
      this.tell({ what: "quality", quality: { lost: (packetsLostFraction ?? 0) / 100, jitter: (jitter ?? 0) / 1000, rtt: (rtt ?? 0) / 1000, level: (audioOutputLevel ?? 0) / 32_767 } }));
  }

  hangup(): void {
    this.call?.disconnect();
  }

  mute(on: boolean): void {
    this.call?.mute(on);
  }

  sendDigits(digits: string): void {
    this.call?.sendDigits(digits);
  }

  close(): void {
    this.tell = () => undefined; // what it says on its way out is no news
    clearInterval(this.timer);
    this.device?.destroy();
  }

  private register(): void {
    if (this.device?.state === Device.State.Unregistered) this.device.register().catch(() => undefined); // its events say why
  }

  /** A call may end without a word but this one, as without a microphone. */
  private broken(call: Call, problem: TwilioError.TwilioError): void {
    this.fail(problem);
    if (call.status() === Call.State.Closed) this.ended(call);
  }

  private ended(call: Call): void {
    if (this.call !== call) return;
    this.call = undefined;
    this.tell({ what: "state", state: "ended" });
  }

  private fail({ code }: { code: number }): void {
    const error = ERRORS[code] ?? "phone_failed";
    if (error === REFUSED) this.signedIn(new Error(error));
    this.tell({ what: "error", error });
  }
}
