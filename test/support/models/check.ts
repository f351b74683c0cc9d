import { randomInt } from 'node:crypto';
import fc from 'fast-check';

/** Runs a model-based property; the seed is printed, and MODEL_SEED repeats a run. */
export async function checkModel<T>(name: string, runs: number, property: fc.IAsyncProperty<T>): Promise<void> {
  const given = process.env.MODEL_SEED;
  const seed = given === undefined ? randomInt(2 ** 31) : Number(given);
  process.stdout.write(`${name}: ${runs} runs; MODEL_SEED=${seed} repeats them\n`);
  await fc.assert(property, { seed, numRuns: runs });
}
