import type { Paint } from '../render/paint.js';

/** How a run is to be shown. */
export interface View {
  paint: Paint;
  columns: number;
  /** Epoch ms. */
  now: number;
  /** The Temporal UI, when it is known. */
  ui?: { url: string; namespace: string };
  /** What is typed in place of `phasegate`; default: that. */
  command?: string;
  /** What Ctrl-C does, when it does not just leave: `stops the demo`. */
  leaving?: string;
}
