import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { PhasegateError } from '../plan/errors.js';
import { createScrubber } from './scrubber.js';

/** Secrets of one worker: references become values at the last moment, and no value leaves an activity again. */
export interface Secrets {
  /**
   * Fills in every `${env:NAME}` and `${file:path}` of a text. Nothing else is touched.
   *
   * @throws PG309 when a variable or file is missing or empty
   */
  resolve(text: string): string;
  /** Keeps a value out of everything that leaves an activity; `name` is what is shown in its place. */
  remember(value: string, name: string): void;
  /** Replaces every secret seen so far (raw, URL-encoded, base64) by `[secret NAME]`; shorter than 6 characters stay. */
  scrub(text: string): string;
  /** `scrub` for every string of a JSON-like value, keys included. */
  scrubAll<T>(value: T): T;
  /** Length of the longest form of a secret: how far before a cut a scrubber must look. */
  longest(): number;
}

export interface SecretsOptions {
  /** Default: the variables of the worker's process. */
  env?: Readonly<Record<string, string | undefined>>;
  /** Folder that relative paths of `${file:path}` start from. */
  baseDir: string;
}

const reference = /\$\{(env|file):([^}]*)\}/g;

/** Secrets that are read from the worker's environment variables and files, each time anew: they may be rotated. */
export function createSecrets({ env = process.env, baseDir }: SecretsOptions): Secrets {
  const scrubber = createScrubber();
  const lookUp = (kind: string, name: string): string => {
    const value = kind === 'env' ? env[name] : readSecretFile(resolve(baseDir, name));
    if (value === undefined || value === '') {
      const what = kind === 'env' ? `environment variable ${name}` : `file ${name}`;
      throw new PhasegateError('PG309', `the ${what} of a secret reference is missing or empty`, {
        where: `\${${kind}:${name}}`,
      });
    }
    return value;
  };
  return {
    ...scrubber,
    resolve: (text) =>
      text.replace(reference, (_, kind: string, rawName: string) => {
        const name = rawName.trim();
        const value = lookUp(kind, name);
        scrubber.remember(value, `${kind}:${name}`);
        return value;
      }),
  };
}

function readSecretFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    // Which file and why is all that may be said; the caller refuses the reference.
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
}
