import type { Gate, PhaseStatus } from '../../../src/plan/run-status.js';

/** A HOLD of a window of the phase. */
export const holdOfWindow: Gate = {
  address: '1a/window#1',
  kind: 'hold',
  title: 'Window',
  reason: 'no data',
  roles: {},
  people: ['dana'],
  decisions: [],
  openedAt: 0,
  deadlineAt: 0,
  then: 'roll back 1a',
  digest: '',
  answers: ['retry'],
};

/** A phase that runs, and of which there is nothing more to say. */
export function runningPhase(change: Partial<PhaseStatus> = {}): PhaseStatus {
  return {
    schemaVersion: 1,
    phase: '1a',
    title: 'Core',
    workflowId: 'run/phase/1a',
    runId: 'r',
    state: 'running',
    startedAt: 0,
    steps: [],
    gates: [],
    decisions: [],
    waivers: [],
    ledger: [],
    refusals: [],
    sentence: 'It runs.',
    ...change,
  };
}
