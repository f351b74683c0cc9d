import { sampleAt, startWindow, takeSample } from '../../../plan/judge.js';
import type { WindowState } from '../../../plan/judge.js';
import type { Reading, Sample } from '../../../plan/judge-types.js';
import type { EvidenceRef, WindowHeartbeat, WindowInput } from '../../contract.js';
import { metricsSinceChange } from '../query-template.js';

/** Samples that one stored chunk holds at most, and the size at which it is stored before that. */
const chunkSamples = 100;
const chunkBytes = 16 * 1024;

/** How far a window has come in this activity: what a heartbeat carries and the next worker starts from. */
export interface WindowProgress {
  /** The state that this activity started from. */
  from: WindowState;
  state: WindowState;
  chunks: EvidenceRef[];
  pending: Sample[];
  latest: Record<string, number | string>;
}

/**
 * The progress that the last heartbeat of an earlier attempt left, else a fresh start. A heartbeat that cannot be read
 * (of another version, of another window) loses nothing: the window is sampled again from its start.
 *
 * @throws Error when the window could not be judged
 */
export function startProgress(input: WindowInput, heartbeat: unknown): WindowProgress {
  const from =
    input.resume ??
    startWindow(input.spec, input.t0, input.baseline?.values, {
      sinceChange: metricsSinceChange(input.environment.metrics),
      ...(input.ownBase === undefined ? {} : { ownBase: input.ownBase }),
    });
  if (!isHeartbeatOf(heartbeat, from)) return { from, state: from, chunks: [], pending: [], latest: {} };
  const { state, chunks, pending, latest } = heartbeat;
  return { from, state, chunks: [...chunks], pending: [...pending], latest };
}

/** Judges one more sample and keeps it as evidence. */
export function takeReadings(
  { spec }: WindowInput,
  progress: WindowProgress,
  readings: Record<string, Reading>
): WindowProgress {
  const k = progress.state.nextK;
  const sample: Sample = { k, at: sampleAt(spec, progress.state.t0, k), readings };
  return {
    ...progress,
    state: takeSample(spec, progress.state, sample),
    pending: [...progress.pending, sample],
    latest: Object.fromEntries(Object.entries(readings).map(([metric, reading]) => [metric, shown(reading)])),
  };
}

/**
 * Whether this activity is done: a verdict, or with `untilRecovered` the end of the HOLD. A window that goes on while it
 * is still held takes one sample first: it may be the one that ends the HOLD.
 */
export function isOver({ untilRecovered }: WindowInput, { from, state }: WindowProgress): boolean {
  if (state.verdict !== 'HOLD') return untilRecovered === true || state.verdict !== undefined;
  return untilRecovered !== true && (from.verdict !== 'HOLD' || state.nextK > from.nextK);
}

export function isChunkFull({ pending }: WindowProgress): boolean {
  return pending.length >= chunkSamples || JSON.stringify(pending).length >= chunkBytes;
}

export function heartbeatOf({ spec, environment, origin }: WindowInput, progress: WindowProgress): WindowHeartbeat {
  const { state, chunks, pending, latest } = progress;
  const dueAt = sampleAt(spec, state.t0, state.nextK) + environment.metrics.lag.ms;
  return { address: origin.address, k: state.nextK, dueAt, latest, state, chunks, pending };
}

function shown(reading: Reading): number | string {
  return reading.kind === 'value' ? reading.value : reading.kind;
}

function isHeartbeatOf(details: unknown, from: WindowState): details is WindowHeartbeat {
  if (typeof details !== 'object' || details === null) return false;
  const { state, chunks, pending, latest } = details as Partial<Record<keyof WindowHeartbeat, unknown>>;
  if (!Array.isArray(chunks) || !Array.isArray(pending)) return false;
  if (typeof latest !== 'object' || latest === null || typeof state !== 'object' || state === null) return false;
  const { t0, nextK, criteria } = state as Partial<WindowState>;
  return t0 === from.t0 && (nextK ?? -1) >= from.nextK && criteria?.length === from.criteria.length;
}
