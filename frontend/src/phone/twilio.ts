/* A telephone at Twilio, by its own library. Loaded only where the pass is for it. */
import { type Call, Device, type TwilioError } from "@twilio/voice-sdk";
import { type Pass, type SoftphoneAdapter, type Tell, within } from "./adapter";

const CONNECT_WITHIN = 6000; // with an expired token the library never answers

// "Voice JavaScript SDK: error codes" → a sentence of the page's words
const ERRORS: Record<number, string> = {
  20101: "phone_refused", 20104: "phone_refused", 31202: "phone_refused", 31203: "phone_refused", 31204: "phone_refused", 31205: "phone_refused",
  31005: "phone_unreachable", 31009: "phone_unreachable", 53000: "phone_unreachable",
  31401: "phone_no_microphone", 31402: "phone_no_microphone", 31486: "phone_busy", 31603: "phone_declined", 53405: "phone_no_media",
};

export class TwilioDeviceAdapter implements SoftphoneAdapter {
  private device: Device | undefined;
  private call: Call | undefined;

  constructor(private readonly tell: Tell) {}

  async ready(pass: Pass): Promise<void> {
    const device = (this.device = new Device(pass.pass, {
      appName: "contact-center",
      closeProtection: true,
      codecPreferences: ["opus" as Call.Codec, "pcmu" as Call.Codec],
      enableImprovedSignalingErrorPrecision: true,
      maxCallSignalingTimeoutMs: 30_000,
      tokenRefreshMs: 60_000,
    }));
    device.on("registered", () => this.tell({ what: "state", state: "ready" }));
    device.on("unregistered", () => this.tell({ what: "state", state: "lost" }));
    device.on("error", (problem: TwilioError.TwilioError) => this.fail(problem)); // a call on the screen is never thrown away by it
    await within(device.register(), CONNECT_WITHIN, "phone_unreachable");
  }

  renew(pass: Pass): void {
    this.device?.updateToken(pass.pass);
  }

  async connect(params: Record<string, string>): Promise<void> {
    if (!this.device) throw new Error("phone_unreachable");
    this.tell({ what: "state", state: "connecting" });
    const call = (this.call = await within(this.device.connect({ params }), CONNECT_WITHIN, "phone_unreachable"));
    call.on("accept", () => this.tell({ what: "state", state: "talking" }));
    call.on("reconnected", () => this.tell({ what: "state", state: "talking" }));
    call.on("reconnecting", () => this.tell({ what: "state", state: "connecting" }));
    call.on("error", (problem: TwilioError.TwilioError) => this.fail(problem));
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
    this.device?.destroy();
  }

  private ended(call: Call): void {
    if (this.call !== call) return;
    this.call = undefined;
    this.tell({ what: "state", state: "ended" });
  }

  private fail({ code }: { code: number }): void {
    this.tell({ what: "error", error: ERRORS[code] ?? "phone_failed" });
  }
}
