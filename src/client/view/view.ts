import type { Paint } from '../render/paint.js';

/** How a run is to be shown. */
export interface View {
  paint: Paint;
  columns: number;
  /** Epoch ms. */
  now: number;
  /** The Temporal UI, when it is known. */
  ui?: { url: string; namespace: string };
}

/** A run on a command line: its id without the part that all have in common. */
export function runName(workflowId: string): string {
  return workflowId.replace(/^migration\//, '');
}
