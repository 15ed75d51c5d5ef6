/* The line to the phone company: one WebSocket, kept open; the place in a call survives a lost connection and a reload. */

const AGAIN = [300, 800, 1500, 3000];

/** @typedef {Record<string, any> & {event: string}} Message */

export class Line {
  /**
   * @param {string} url of the WebSocket
   * @param {string} place under which name this page's place is kept while the window lives
   * @param {() => Record<string, string>} who says who this is: {role, number} or {role, pass}
   * @param {(message: Message) => void} hear hears of every message, and of "lost" and "refused"
   */
  constructor(url, place, who, hear) {
    this.url = url;
    this.place = `line:${place}`;
    this.who = who;
    this.hear = hear;
    this.tries = 0;
    this.isClosed = false;
    /** @type {WebSocket | undefined} */
    this.socket = undefined;
  }

  open() {
    const socket = new WebSocket(this.url);
    this.socket = socket;
    socket.addEventListener("open", () => this.send("hello", { ...this.who(), resume: sessionStorage.getItem(this.place) ?? "" }));
    socket.addEventListener("message", ({ data }) => this.take(/** @type {Message} */ (JSON.parse(String(data)))));
    socket.addEventListener("close", () => socket === this.socket && this.lost());
  }

  /** @param {string} event @param {Record<string, any>} what */
  send(event, what = {}) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify({ event, ...what }));
  }

  close() {
    this.isClosed = true;
    sessionStorage.removeItem(this.place);
    this.socket?.close();
  }

  /** @param {Message} message */
  take(message) {
    if (message.event === "ready") {
      this.tries = 0;
      sessionStorage.setItem(this.place, message["resume"]);
    }
    if (message.event === "refused" || message.event === "kicked") this.isClosed = true;
    this.hear(message);
  }

  lost() {
    if (this.isClosed) return; // by this page itself, or for good: that was told already
    this.hear({ event: "lost" });
    setTimeout(() => !this.isClosed && this.open(), AGAIN[Math.min(this.tries++, AGAIN.length - 1)]);
  }
}
