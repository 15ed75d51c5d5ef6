/* Voices between browsers: a connection to each peer that the phone company names, negotiated perfectly (W3C), with
   sending as it says: who may not be heard sends nothing at all. */

const RESTART_AFTER = 3000; // ms of a lost connection
const LOOK_EVERY = 2000;

/** @typedef {{leg: string, session: number, send: boolean, recv: boolean, polite: boolean}} Peer */
/** @typedef {{lost: number, jitter: number, rtt: number, level: number}} Quality */

/** Silence, for whoever has no microphone: a connection needs a track. */
function silence() {
  const context = new AudioContext();
  const { stream } = context.createMediaStreamDestination();
  return { stream, end: () => void context.close() };
}

class Connection {
  /** @param {Peer} peer @param {Voices} voices */
  constructor(peer, voices) {
    this.peer = peer;
    this.voices = voices;
    this.isOffering = false;
    this.isIgnoring = false;
    this.lostAt = 0;
    this.audio = new Audio();
    this.audio.autoplay = true;
    const pc = (this.pc = new RTCPeerConnection({ iceServers: voices.ice }));
    const [track] = voices.stream.getAudioTracks();
    this.sender = pc.addTrack(/** @type {MediaStreamTrack} */ (track), voices.stream);
    pc.addEventListener("track", ({ streams, track: heard }) => {
      this.audio.srcObject = streams[0] ?? new MediaStream([heard]);
      void this.audio.play().catch(() => voices.told({ event: "blocked" }));
    });
    pc.addEventListener("negotiationneeded", () => void this.offer());
    pc.addEventListener("icecandidate", ({ candidate }) => this.say("rtc.ice", { candidate: candidate?.toJSON() ?? null }));
    pc.addEventListener("connectionstatechange", () => this.look());
    this.follow(peer);
  }

  /** @param {string} event @param {Record<string, any>} what */
  say(event, what) {
    this.voices.send(event, { to: this.peer.leg, ...what });
  }

  /** @param {Peer} peer */
  follow(peer) {
    this.peer = peer;
    const [track] = this.voices.stream.getAudioTracks();
    void this.sender.replaceTrack(peer.send ? (track ?? null) : null);
    this.audio.muted = !peer.recv;
  }

  /** Who is polite lets the other begin: of two first offers at once one is rolled back, and Chromium may then never look for a way. */
  async offer() {
    if (this.peer.polite && !this.pc.remoteDescription) return;
    try {
      this.isOffering = true;
      await this.pc.setLocalDescription();
      this.say("rtc.sdp", { description: this.pc.localDescription?.toJSON() });
    } finally {
      this.isOffering = false;
    }
  }

  /** @param {{event: string, description?: RTCSessionDescriptionInit, candidate?: RTCIceCandidateInit | null}} message */
  async hear({ description, candidate }) {
    if (description) {
      const collides = description.type === "offer" && (this.isOffering || this.pc.signalingState !== "stable");
      this.isIgnoring = !this.peer.polite && collides;
      if (this.isIgnoring) return;
      await this.pc.setRemoteDescription(description);
      if (description.type === "offer") {
        await this.pc.setLocalDescription();
        this.say("rtc.sdp", { description: this.pc.localDescription?.toJSON() });
      }
      return;
    }
    await this.pc.addIceCandidate(candidate ?? undefined).catch((/** @type {unknown} */ problem) => {
      if (!this.isIgnoring) throw problem;
    });
  }

  /** A connection that is lost is made again from where it was. */
  look() {
    const state = this.pc.connectionState;
    if (state === "connected") this.lostAt = 0;
    else if (state === "failed") this.pc.restartIce();
    else if (state === "disconnected") {
      const at = (this.lostAt = Date.now());
      setTimeout(() => this.lostAt === at && this.pc.connectionState === "disconnected" && this.pc.restartIce(), RESTART_AFTER);
    }
    this.voices.told({ event: "media", connected: this.voices.isConnected() });
  }

  close() {
    this.pc.close();
    this.audio.srcObject = null;
  }
}

export class Voices {
  /**
   * @param {(event: string, what: Record<string, any>) => void} send to the phone company
   * @param {(said: {event: "media", connected: boolean} | {event: "blocked"} | {event: "unheard"} | ({event: "quality"} & Quality)) => void} told
   */
  constructor(send, told) {
    this.send = send;
    this.told = told;
    /** @type {RTCIceServer[]} */
    this.ice = [];
    this.session = 0;
    this.version = 0;
    /** @type {Map<string, Connection>} */
    this.connections = new Map();
    /** @type {MediaStream | undefined} */
    this.microphone = undefined;
    /** @type {{stream: MediaStream, end: () => void} | undefined} */
    this.silence = undefined;
    /** @type {Promise<MediaStream> | undefined} */
    this.asked = undefined;
    /** @type {Promise<void>} */
    this.turn = Promise.resolve();
    this.watch = 0;
  }

  get stream() {
    return this.microphone ?? (this.silence ??= silence()).stream;
  }

  /** What can be heard of the others. */
  heard() {
    return [...this.connections.values()].map(({ audio }) => audio.srcObject).filter((stream) => stream instanceof MediaStream);
  }

  /** Take the microphone, once; without one there is silence. Raises what the browser says. */
  async listen() {
    const audio = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
    this.asked ??= navigator.mediaDevices.getUserMedia({ audio });
    this.microphone = await this.asked;
  }

  /** What the phone company says of voices: "topology", "rtc.sdp", "rtc.ice", one after the other. @param {any} message */
  take(message) {
    this.turn = this.turn.then(() => this.handle(message)).catch((problem) => console.warn(problem));
  }

  /** Nobody is connected before there is a microphone: after a reload it is taken once more. @param {any} message */
  async handle(message) {
    if (message.event !== "topology") return this.hear(message);
    if (message.peers.length) await this.listen().catch(() => this.told({ event: "unheard" }));
    this.follow(message);
  }

  /** @param {boolean} on */
  mute(on) {
    for (const track of this.microphone?.getAudioTracks() ?? []) track.enabled = !on;
  }

  isConnected() {
    const all = [...this.connections.values()];
    return all.length > 0 && all.every(({ pc }) => pc.connectionState === "connected");
  }

  /** @param {{v: number, session: number, peers: Peer[]}} topology the whole, each time */
  follow({ v, session, peers }) {
    if (session !== this.session) this.drop();
    else if (v <= this.version) return;
    this.session = session;
    this.version = v;
    const named = new Map(peers.map((peer) => [peer.leg, peer]));
    for (const [leg, connection] of this.connections) {
      if (named.get(leg)?.session === connection.peer.session) continue;
      connection.close();
      this.connections.delete(leg);
    }
    for (const peer of peers) {
      const known = this.connections.get(peer.leg);
      if (known) known.follow(peer);
      else if (peer.send || peer.recv) this.connections.set(peer.leg, new Connection(peer, this));
    }
    if (peers.length && !this.watch) this.watch = window.setInterval(() => void this.look(), LOOK_EVERY);
  }

  /** @param {Record<string, any> & {event: string}} message */
  async hear(message) {
    const connection = this.connections.get(message["leg"]);
    if (connection && connection.peer.session === message["session"]) await connection.hear(message);
  }

  /** How the call sounds: the worst of its connections. */
  async look() {
    const quality = { lost: 0, jitter: 0, rtt: 0, level: 0 };
    for (const { pc } of this.connections.values()) {
      for (const row of (await pc.getStats()).values()) {
        if (row.type === "inbound-rtp") {
          quality.lost = Math.max(quality.lost, row.packetsLost / Math.max(1, row.packetsLost + row.packetsReceived));
          quality.jitter = Math.max(quality.jitter, row.jitter ?? 0);
          quality.level = Math.max(quality.level, row.audioLevel ?? 0);
        } else if (row.type === "candidate-pair" && row.nominated) quality.rtt = Math.max(quality.rtt, row.currentRoundTripTime ?? 0);
      }
    }
    if (this.connections.size) this.told({ event: "quality", ...quality });
  }

  drop() {
    for (const connection of this.connections.values()) connection.close();
    this.connections.clear();
    this.version = 0;
  }

  /** The call is over: nothing is sent, and the microphone is let go. */
  end() {
    this.drop();
    clearInterval(this.watch);
    this.watch = 0;
    for (const track of this.microphone?.getTracks() ?? []) track.stop();
    this.microphone = this.asked = undefined;
    this.silence?.end();
    this.silence = undefined;
  }
}
