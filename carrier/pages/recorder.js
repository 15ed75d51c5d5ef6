/* What is said while a call is recorded, for the phone company: the person's voice on one side, the others' on the other. */

const PIECE = 0.5; // seconds

export class Recorder {
  /** @param {import("./voices.js").Voices} voices @param {(voices: string) => void} send takes each piece, as base64 */
  constructor(voices, send) {
    this.voices = voices;
    this.send = send;
    /** @type {AudioContext | undefined} */
    this.context = undefined;
    /** @type {ChannelMergerNode | undefined} */
    this.merger = undefined;
    /** @type {Set<string>} */
    this.heard = new Set();
  }

  /** Record while `on`; asked again changes nothing. @param {boolean} on */
  turn(on) {
    if (on === Boolean(this.context)) return;
    if (on) void this.begin().catch((problem) => console.warn(problem));
    else this.end();
  }

  async begin() {
    const context = (this.context = new AudioContext());
    await context.audioWorklet.addModule("/pages/recorder-worklet.js");
    if (context !== this.context) return; // over before it began
    const samples = new AudioWorkletNode(context, "samples", {
      numberOfOutputs: 0, channelCount: 2, channelCountMode: "explicit", channelInterpretation: "discrete", processorOptions: { seconds: PIECE },
    });
    this.merger = new ChannelMergerNode(context, { numberOfInputs: 2 });
    this.merger.connect(samples);
    samples.port.addEventListener("message", ({ data }) => {
      this.follow();
      this.send(base64(new Uint8Array(data)));
    });
    samples.port.start();
    this.follow();
  }

  /** Listen to whoever can be heard now. */
  follow() {
    if (this.voices.microphone) this.add(this.voices.microphone, 0);
    for (const stream of this.voices.heard()) this.add(stream, 1);
  }

  /** @param {MediaStream} stream @param {number} side */
  add(stream, side) {
    if (!this.context || !this.merger || this.heard.has(stream.id) || !stream.getAudioTracks().length) return;
    this.heard.add(stream.id);
    const mono = new GainNode(this.context, { channelCount: 1, channelCountMode: "explicit" });
    new MediaStreamAudioSourceNode(this.context, { mediaStream: stream }).connect(mono).connect(this.merger, 0, side);
  }

  end() {
    void this.context?.close();
    this.context = this.merger = undefined;
    this.heard.clear();
  }
}

/** @param {Uint8Array} bytes */
function base64(bytes) {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}
