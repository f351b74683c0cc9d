import { randomInt } from 'node:crypto';
import fc from 'fast-check';

/** Runs a model-based property; the seed is printed, MODEL_SEED repeats a run, and MODEL_RUNS says how many instead. */
export async function checkModel<T>(name: string, usual: number, property: fc.IAsyncProperty<T>): Promise<void> {
  const { MODEL_SEED: given, MODEL_RUNS: wanted } = process.env;
  const runs = wanted === undefined ? usual : Number(wanted);
  const seed = given === undefined ? randomInt(2 ** 31) : Number(given);
  process.stdout.write(`${name}: ${runs} runs; MODEL_SEED=${seed} repeats them\n`);
  await fc.assert(property, { seed, numRuns: runs });
}
