import type { RunIdentity } from '../../../src/plan/run-input.js';

/** The run `migration/x/y`, of whose workflows a model has one alone. */
export function modelRun(startedBy: string, startedAt: number): RunIdentity {
  return {
    workflowId: 'migration/x/y',
    runId: 'run',
    planId: 'y',
    planTitle: 'Y',
    digest: `sha256:${'0'.repeat(64)}`,
    startedBy,
    startedAt,
  };
}
