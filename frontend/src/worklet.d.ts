/* What an audio worklet knows and a page does not: TypeScript's own library has no types of it. */
declare const sampleRate: number;
declare class AudioWorkletProcessor {
  constructor(given?: unknown);
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, processor: new (given: unknown) => AudioWorkletProcessor): void;
