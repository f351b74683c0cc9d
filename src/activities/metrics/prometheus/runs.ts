/** Instants of one range query, or single ones where `step` is absent. */
export interface Run {
  run: number[];
  /** Milliseconds from one instant to the next. */
  step?: number;
}

/** Well below the 11,000 points that Prometheus allows, and small enough for a bounded answer. */
const maxPoints = 1000;
/** Below that a range query saves nothing. */
const minPoints = 3;

/**
 * Splits ascending instants into stretches that one range query can answer: the same query for all of them and the same
 * distance between them, in whole milliseconds, which is as fine as Prometheus counts.
 */
export function splitRuns(instants: readonly number[], queryOf: (instant: number) => string): Run[] {
  const runs: Run[] = [];
  let current: { query: string; step?: number; run: number[] } | undefined;
  const close = (): void => {
    if (!current) return;
    const { run, step } = current;
    runs.push(step !== undefined && run.length >= minPoints ? { run, step } : { run });
  };
  for (const instant of instants) {
    const query = queryOf(instant);
    const last = current?.run.at(-1);
    const step = last === undefined ? undefined : instant - last;
    const fits =
      current !== undefined &&
      current.query === query &&
      current.run.length < maxPoints &&
      (current.step === undefined || current.step === step);
    if (current && fits && step !== undefined && step > 0 && Number.isInteger(step)) {
      current.run.push(instant);
      current.step = step;
    } else {
      close();
      current = { query, run: [instant] };
    }
  }
  close();
  return runs;
}
