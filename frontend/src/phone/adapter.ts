/* What a telephone in the browser can do, whichever company is behind it. The call itself is the server's business: state
   on the screen comes from there, an adapter only carries voices. */

/** What the server gives this browser to sign in with. `at` is where an emulated company answers. */
export interface Pass {
  kind: "mesh" | "twilio";
  pass: string;
  seconds: string;
  at: string;
}

export interface Quality {
  lost: number; // share of packets
  jitter: number; // seconds
  rtt: number;
  level: number;
}

/** What an adapter tells; `error` names a sentence of the page's words. */
export type Said =
  | { what: "state"; state: "ready" | "lost" | "connecting" | "talking" | "ended" }
  | { what: "error"; error: string }
  | { what: "quality"; quality: Quality };

export interface SoftphoneAdapter {
  /** Sign in; answers when calls can be made, throws when not. */
  ready(pass: Pass): Promise<void>;
  /** A fresh pass, long before the last one is over. */
  renew(pass: Pass): void;
  connect(params: Record<string, string>): Promise<void>;
  hangup(): void;
  mute(on: boolean): void;
  sendDigits(digits: string): void;
  /** Words instead of a voice, where a computer does not listen to voices. */
  say?(words: string): void;
  /** Sign out. */
  close(): void;
}

export type Tell = (said: Said) => void;

/** *work*, or a failure after so many milliseconds: some promises of telephones never settle. */
export function within<T>(work: Promise<T>, milliseconds: number, error: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(error)), milliseconds);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
