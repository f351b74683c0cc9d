import { exitCodes, type ExitCode } from '../../plan/outcome.js';

const signals = ['SIGINT', 'SIGTERM'] as const;

/** The part of the process that signals come through. */
export interface Signalled {
  on(signal: (typeof signals)[number], listener: () => void): unknown;
  off(signal: (typeof signals)[number], listener: () => void): unknown;
  exit(code: ExitCode): void;
}

/**
 * A service ends in two ways: the first SIGINT or SIGTERM asks it to, and in the end it exits with 0; the second ends it
 * at once, with 130.
 *
 * @param first is told of the first one
 * @param second is told of the second one, before the end
 * @returns stops listening
 */
export function twoSignals(first: () => void, second: () => void, from: Signalled = process): () => void {
  let asked = false;
  const listener = (): void => {
    if (!asked) {
      asked = true;
      first();
      return;
    }
    second();
    from.exit(exitCodes.interrupted);
  };
  for (const signal of signals) from.on(signal, listener);
  return () => {
    for (const signal of signals) from.off(signal, listener);
  };
}
