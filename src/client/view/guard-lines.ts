import { isAlerting } from '../../plan/guard/state.js';
import type { GuardStatus } from '../../plan/watch-status.js';
import type { RunSnapshot } from '../read/snapshot.js';
import { symbolOf, type AnyState } from '../render/states.js';
import { hanging } from '../render/width.js';
import { keep, line, type Line } from './line.js';
import { troubleLines } from './trouble-lines.js';
import type { View } from './view.js';

/** The watch beside the run in one line: what it watches, and what is not well. */
export function guardLines(snapshot: RunSnapshot, view: View): Line[] {
  const { guard, run } = snapshot;
  const lost = run.guard?.state === 'lost' ? run.guard : undefined;
  if (!guard && !lost) return [];
  const symbol = symbolOf(lost ? 'failed' : guardMark(guard), view.paint);
  const text = lost
    ? `It is lost (${lost.reason ?? 'nobody knows why'}) after ${lost.starts} starts; only the windows of the phases judge.`
    : (guard?.sentence ?? '');
  return [
    ...hanging(`${symbol} guard  `, text, view.columns).map((one) => line(one, keep.current)),
    ...(guard ? troubleLines(snapshot, guard.workflowId, view) : []),
  ];
}

function guardMark(guard: GuardStatus | undefined): AnyState {
  if (!guard) return 'unknown';
  const bad = guard.metrics.filter(({ state }) => isAlerting(state));
  if (bad.some(({ state }) => state === 'critical')) return 'critical';
  if (guard.state === 'blind') return 'no data';
  if (bad.length > 0) return 'warning';
  return guard.state === 'ended' ? 'done' : 'running';
}
