import { clip, oneLine } from '../render/width.js';

/** What may be left out when the screen is small, the least important first. */
export const keep = { passed: 1, event: 2, upcoming: 3, detail: 4, current: 5, always: 9 } as const;

export interface Line {
  text: string;
  keep: number;
}

export function line(text: string, weight: number = keep.always): Line {
  return { text: oneLine(text), keep: weight };
}

/** Cuts lines to the width, and leaves out the least important ones, oldest first, until the height fits. */
export function fit(lines: readonly Line[], columns: number, rows: number): string[] {
  let shown = [...lines];
  for (const weight of [...new Set(lines.map((one) => one.keep))].toSorted((a, b) => a - b)) {
    if (weight === keep.always) break;
    let excess = shown.length - rows;
    shown = shown.filter((one) => one.keep !== weight || excess-- <= 0);
  }
  return shown.slice(0, Math.max(1, rows)).map((one) => clip(one.text, columns));
}
