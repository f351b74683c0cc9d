import type { Phase } from './model.js';

/** The phases that deploy: neither the checklists before them nor the stages of a validation, which change nothing. */
export function deploymentPhases<T extends Pick<Phase, 'checklists'>>(phases: readonly T[]): T[] {
  return phases.filter(({ checklists }) => !checklists);
}
