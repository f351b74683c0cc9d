import type { Phase, WindowSpec } from '../../plan/model.js';
import type { StepRecord } from '../../plan/run-status.js';

/** The window that a step record stands for, looked up in the plan. */
export function windowOf(phase: Phase, record: Pick<StepRecord, 'id' | 'part'>): WindowSpec | undefined {
  if (record.part === 'soak') return phase.soak;
  if (record.part === 'success' && record.id === 'success') return phase.success;
  const item = [...phase.before, ...phase.steps, ...phase.successChecks].find((one) => one.id === record.id);
  if (item?.kind === 'watch') return item.window;
  if (item?.kind === 'traffic') return item.hold;
  return item?.kind === 'check' && item.check.type === 'stable' ? item.check.window : undefined;
}
