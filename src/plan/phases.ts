import type { Phase } from './model.js';
import type { PhaseSummary } from './run-status.js';

/** The phases that deploy: neither the checklists before them nor the stages of a validation, which change nothing. */
export function deploymentPhases<T extends Pick<Phase, 'checklists'>>(phases: readonly T[]): T[] {
  return phases.filter(({ checklists }) => !checklists);
}

/**
 * Whether a run is in the stages of its validation, between two of them or just before the first: nothing of it is taken back
 * alone any more.
 *
 * @param summaries the run's own phases, as its status has them
 */
export function inValidation(
  phases: ReadonlyArray<Pick<Phase, 'id' | 'stage'>>,
  summaries: ReadonlyArray<Pick<PhaseSummary, 'id' | 'state'>>
): boolean {
  const begun = summaries.filter(({ state }) => state !== 'pending').map(({ id }) => id);
  const isRunning = summaries.some(({ state }) => state === 'running');
  const next = isRunning ? undefined : summaries.find(({ state }) => state === 'pending')?.id;
  return phases.some(({ id, stage }) => stage !== undefined && (begun.includes(id) || id === next));
}
