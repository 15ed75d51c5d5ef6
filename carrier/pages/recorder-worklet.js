/* Two channels of whatever the sound card makes, as 16 bit samples at 8 kHz in turn, a piece at a time. */

const RATE = 8000;

class Samples extends AudioWorkletProcessor {
  /** @param {any} given */
  constructor(given) {
    super();
    this.piece = new Int16Array(2 * RATE * given.processorOptions.seconds);
    this.place = 0;
    this.own = 0;
    this.others = 0;
    this.count = 0;
    this.phase = 0;
  }

  /** Each sample is the mean of those that fall into its time: enough of a low pass for a telephone. @param {Float32Array[][]} inputs */
  process([input = []]) {
    for (let at = 0; at < 128; at++) {
      this.own += input[0]?.[at] ?? 0;
      this.others += input[1]?.[at] ?? 0;
      this.count += 1;
      this.phase += RATE;
      if (this.phase >= sampleRate) this.write();
    }
    return true;
  }

  write() {
    for (const sum of [this.own, this.others]) this.piece[this.place++] = Math.max(-1, Math.min(1, sum / this.count)) * 32767;
    this.own = this.others = this.count = 0;
    this.phase -= sampleRate;
    if (this.place < this.piece.length) return;
    this.port.postMessage(this.piece.slice().buffer);
    this.place = 0;
  }
}

registerProcessor("samples", Samples);
