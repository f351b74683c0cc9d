/** Whether something has lasted: it comes on after so many samples in a row, and goes off after so many the other way. */
export interface Latch {
  on: boolean;
  /** Samples in a row that speak for it, and since then against it. */
  row: number;
  calm: number;
}

export const off: Latch = { on: false, row: 0, calm: 0 };

/** @param seen undefined: the sample says nothing, and neither confirms nor clears */
export function turn(latch: Latch, seen: boolean | undefined, need: { on: number; off: number }): Latch {
  if (seen === undefined) return latch;
  const row = seen ? latch.row + 1 : 0;
  const calm = seen ? 0 : latch.calm + 1;
  return { on: row >= need.on || (latch.on && calm < need.off), row, calm };
}
