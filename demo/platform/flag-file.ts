import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import { FlagdCore } from '@openfeature/flagd-core';
import { z } from 'zod';
import { FLAG_OF, type FlagKey } from './components.js';

const POLL_MS = 100;
const FLAG_KEYS: readonly FlagKey[] = Object.values(FLAG_OF);
// flagd-core takes a list as "no flags at all" without a word, which would silently turn everything off.
const flagFileSchema = z.object({ flags: z.record(z.string(), z.unknown()) });
// Evaluation errors are read from the result; the default logger would print one line per request.
const silent = { error() {}, warn() {}, info() {}, debug() {} };
const PROBES = Array.from({ length: 1000 }, (_, index) => `probe-${index}`);

export interface FlagFileStatus {
  ok: boolean;
  /** Why the file in force is not the newest one, or why a flag could not be evaluated. */
  error: string | null;
  loadedAt: string | null;
}

export interface FlagFileListener {
  /** A definition that differs from the last one; `share` of 1,000 fixed probe users that it turns on (0 to 1). */
  onFlag(key: FlagKey, share: number, definition: unknown): void;
  /** The file became unreadable (a text) or readable again (null). */
  onError(error: string | null): void;
}

/** The flags of one flagd-format file, reloaded within about 100 ms of a change. A broken file leaves the last good flags. */
export class FlagFile {
  readonly #file: string;
  readonly #listener: FlagFileListener;
  readonly #core = new FlagdCore(undefined, silent);
  readonly #definitions = new Map<FlagKey, string>();
  #loadedAt: string | null = null;
  #loadError: string | null = null;
  readonly #evaluationErrors = new Map<FlagKey, string>();

  constructor(file: string, listener: FlagFileListener) {
    this.#file = file;
    this.#listener = listener;
    this.#load();
    watchFile(file, { interval: POLL_MS }, () => this.#load());
  }

  /**
   * Whether the flag is on for the user. Disabled and broken flags are off.
   *
   * @param whenGone what it is when the file has no such flag
   */
  isOn(key: FlagKey, user: string, whenGone = false): boolean {
    const result = this.#core.resolveBooleanEvaluation(key, false, { targetingKey: user }, silent);
    if (result.errorCode === undefined || result.errorCode === 'FLAG_NOT_FOUND') this.#evaluationErrors.delete(key);
    else this.#evaluationErrors.set(key, `${key}: ${result.errorMessage ?? result.errorCode}`);
    return result.errorCode === 'FLAG_NOT_FOUND' ? whenGone : result.value;
  }

  status(): FlagFileStatus {
    const error = this.#loadError ?? [...this.#evaluationErrors.values()][0] ?? null;
    return { ok: error === null, error, loadedAt: this.#loadedAt };
  }

  close(): void {
    unwatchFile(this.#file);
  }

  #load(): void {
    try {
      const text = readFileSync(this.#file, 'utf8');
      const { flags } = flagFileSchema.parse(JSON.parse(text));
      this.#core.setConfigurations(text);
      this.#evaluationErrors.clear();
      this.#loadedAt = new Date().toISOString();
      this.#setLoadError(null);
      for (const key of FLAG_KEYS) this.#compare(key, flags[key] ?? null);
    } catch (error) {
      this.#setLoadError(`flag file not loaded, the last good flags stay in force: ${String(error)}`);
    }
  }

  #setLoadError(error: string | null): void {
    if (error === this.#loadError) return;
    this.#loadError = error;
    this.#listener.onError(error);
  }

  #compare(key: FlagKey, definition: unknown): void {
    const text = JSON.stringify(definition);
    const before = this.#definitions.get(key) ?? 'null';
    this.#definitions.set(key, text);
    if (text === before) return;
    const share = PROBES.filter((user) => this.isOn(key, user)).length / PROBES.length;
    this.#listener.onFlag(key, share, definition);
  }
}
