import { byUrgency } from '../../plan/text/sentences.js';
import type { OpenGate, RunSnapshot } from './snapshot.js';

/** All open gates of a run with the workflow that takes their answers, the most urgent first. */
export function gatesOf(snapshot: RunSnapshot): OpenGate[] {
  const { phases, rollbacks, cleanup } = snapshot;
  const gates = [...phases, ...rollbacks, ...(cleanup ? [cleanup] : [])].flatMap((owner) =>
    owner.gates.map((gate) => ({ ...gate, workflowId: owner.workflowId, runId: owner.runId }))
  );
  return byUrgency(gates);
}

/** The items of checklists whose answer can still be corrected. */
export function answeredItemsOf({ phases }: RunSnapshot): OpenGate[] {
  return phases.flatMap(({ answered = [], workflowId, runId }) =>
    answered.map((gate) => ({ ...gate, workflowId, runId }))
  );
}
