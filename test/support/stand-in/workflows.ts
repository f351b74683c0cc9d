import { condition, defineSignal, setHandler } from '@temporalio/workflow';
import { levelSignal, readLevel } from '../../../src/plan/trouble.js';

export * from '../../../src/workflows/index.js';

/** STAND-IN of the alert workflow: it tells nobody, and closes when its metric is back or nobody watches any more. */
export async function alert(): Promise<string> {
  let latest = '';
  setHandler(defineSignal<unknown[]>(levelSignal), (...raw) => {
    latest = readLevel(raw[0])?.level ?? latest;
  });
  await condition(() => latest === 'recovered' || latest === 'unwatched');
  return latest;
}
