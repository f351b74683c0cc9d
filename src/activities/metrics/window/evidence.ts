import { judgeAll } from '../../../plan/judge.js';
import type { WindowState } from '../../../plan/judge.js';
import type { Sample } from '../../../plan/judge-types.js';
import { windowKinds, type WindowManifest } from '../../../plan/window-manifest.js';
import type { EvidenceRef, WindowInput } from '../../contract.js';
import type { EvidenceStore } from '../../evidence/store.js';
import type { WindowProgress } from './progress.js';

/** Stores the pending samples as one chunk. */
export async function storeChunk(store: EvidenceStore, progress: WindowProgress): Promise<WindowProgress> {
  const ref = await store.put(windowKinds.samples, { samples: progress.pending });
  return { ...progress, chunks: [...progress.chunks, ref], pending: [] };
}

export function manifestOf(input: WindowInput, { from, state, chunks, pending }: WindowProgress): WindowManifest {
  const { origin, spec, t0, environment, baseline, changedAt, untilRecovered = false } = input;
  const { provider, url, lag, bindings } = environment.metrics;
  return {
    origin,
    spec,
    t0,
    from,
    ...(baseline && { baseline: baseline.evidence }),
    ...(changedAt !== undefined && { changedAt }),
    source: { provider, url, lag, bindings },
    untilRecovered,
    chunks,
    samples: pending,
    ...(state.verdict && { verdict: state.verdict }),
    reason: state.reason,
  };
}

/**
 * Computes the verdict of a window again from its evidence.
 *
 * @throws PG310 or PG311 when evidence is missing or was altered
 */
export async function judgeAgain(
  store: EvidenceStore,
  ref: EvidenceRef
): Promise<{ manifest: WindowManifest; state: WindowState }> {
  const manifest = await documentOf<WindowManifest>(store, ref);
  const samples: Sample[] = [];
  for (const chunk of manifest.chunks) {
    samples.push(...(await documentOf<{ samples: Sample[] }>(store, chunk)).samples);
  }
  samples.push(...manifest.samples);
  return { manifest, state: judgeAll(manifest.spec, manifest.from, samples) };
}

async function documentOf<T>(store: EvidenceStore, ref: EvidenceRef): Promise<T> {
  return (JSON.parse(await store.get(ref.digest)) as { document: T }).document;
}
