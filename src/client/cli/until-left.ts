import type { Context } from './context.js';

/** How somebody left what goes on without them. */
export type Left = 'interrupted' | 'timeout';

/**
 * Looks on until there is nothing more to see, or somebody leaves: with Ctrl-C, or with `--timeout`.
 *
 * @param look ends when its signal aborts; `end` of what it shows belongs into it
 * @returns how they left, if they did
 */
export async function untilLeft(
  context: Context,
  look: (signal: AbortSignal) => Promise<void>
): Promise<Left | undefined> {
  context.keepsTime = true;
  const stopped = new AbortController();
  let why: Left | undefined;
  const stop = (reason: Left) => (): void => {
    why ??= reason;
    stopped.abort();
  };
  const interrupt = stop('interrupted');
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  const late = stop('timeout');
  context.timeUp.addEventListener('abort', late);
  try {
    await look(stopped.signal);
  } finally {
    context.timeUp.removeEventListener('abort', late);
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
  return why;
}
