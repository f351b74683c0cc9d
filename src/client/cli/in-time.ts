import type { Context } from './context.js';

/**
 * Ends a command when `--timeout` is over, unless it does so itself because it has something to say or to stop then.
 *
 * @throws PhasegateError PG408 when the time is up, PG407 when it is none
 */
export async function inTime<T>(context: Context, work: () => Promise<T>): Promise<T> {
  const { timeoutMs } = context;
  if (timeoutMs === undefined) return work();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      context.endTime();
      if (!context.keepsTime) reject(context.late);
    }, timeoutMs);
  });
  try {
    return await Promise.race([work(), late]);
  } finally {
    clearTimeout(timer);
  }
}
