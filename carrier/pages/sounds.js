/* What a handset plays: words by the browser's own voice, sounds of the application, and tones. One thing at a time. */

const VOICES = /** @type {Record<string, string>} */ ({ "cmn-CN": "zh-CN", "cmn-Hans-CN": "zh-CN" });

export class Sounds {
  constructor() {
    this.audio = new Audio();
    /** @type {AudioContext | undefined} */
    this.context = undefined;
    this.ringing = 0;
  }

  /** @param {string} text @param {string} lang */
  say(text, lang) {
    this.stop();
    if (!("speechSynthesis" in window)) return;
    const words = new SpeechSynthesisUtterance(text);
    words.lang = VOICES[lang] ?? (lang || (/\p{Script=Han}/u.test(text) ? "zh-CN" : "en-GB"));
    speechSynthesis.speak(words);
  }

  /** @param {string} url */
  play(url) {
    this.stop();
    this.audio.src = url;
    void this.audio.play().catch(() => undefined);
  }

  stop() {
    if ("speechSynthesis" in window) speechSynthesis.cancel();
    this.audio.pause();
    clearInterval(this.ringing);
    this.ringing = 0;
  }

  /** @param {number[]} pitches @param {number} seconds */
  tone(pitches, seconds) {
    const context = (this.context ??= new AudioContext());
    const volume = new GainNode(context, { gain: 0.06 });
    volume.connect(context.destination);
    for (const frequency of pitches) {
      const one = new OscillatorNode(context, { frequency });
      one.connect(volume);
      one.start();
      one.stop(context.currentTime + seconds);
    }
  }

  ring() {
    this.stop();
    const once = () => this.tone([440, 480], 1.2);
    once();
    this.ringing = window.setInterval(once, 3000);
  }
}
