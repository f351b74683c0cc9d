import { byUrgency } from '../../plan/text/sentences.js';
import type { OpenGate, RunSnapshot } from './snapshot.js';

/** All open gates of a run with the workflow that takes their answers, the most urgent first. */
export function gatesOf(snapshot: RunSnapshot): OpenGate[] {
  const gates = [...snapshot.phases, ...snapshot.rollbacks].flatMap((owner) =>
    owner.gates.map((gate) => ({ ...gate, workflowId: owner.workflowId, runId: owner.runId }))
  );
  return byUrgency(gates);
}
