import type { WindowState } from './judge.js';
import type { Sample, Verdict } from './judge-types.js';
import type { MetricSource, WindowSpec } from './model.js';
import type { EvidenceRef } from './run-facts.js';

/** The kinds under which the evidence of windows is stored. */
export const windowKinds = { manifest: 'window', samples: 'window-samples' } as const;

/** All that a window's verdict rests on: with its samples the verdict can be computed again. */
export interface WindowManifest {
  /** Who asked: `address` is `phase/step#attempt`. */
  origin: { run: string; address: string; title: string };
  spec: WindowSpec;
  t0: number;
  /** State before the first of these samples: carries baseline and, after a HOLD, what came before. */
  from: WindowState;
  baseline?: EvidenceRef;
  changedAt?: number;
  source: Pick<MetricSource, 'provider' | 'url' | 'lag' | 'bindings'>;
  untilRecovered: boolean;
  /** Stored samples in their order, then those that made no full chunk. */
  chunks: EvidenceRef[];
  samples: Sample[];
  verdict?: Verdict;
  reason: string;
}
