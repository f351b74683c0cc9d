import { parseAddress } from '../../plan/address.js';
import { byUrgency } from '../../plan/text/sentences.js';
import type { Gate } from '../../plan/run-status.js';
import type { OpenGate, RunRef, RunSnapshot } from './snapshot.js';

/** All open gates of a run with the workflow that takes their answers, the most urgent first. */
export function gatesOf(snapshot: RunSnapshot): OpenGate[] {
  const owned = [...snapshot.phases, ...snapshot.rollbacks].flatMap((owner) =>
    owner.gates.map((gate) => ({ ...gate, workflowId: owner.workflowId, runId: owner.runId }))
  );
  const known = new Set(owned.map((gate) => gate.address));
  const others = snapshot.run.gates
    .filter((gate) => !known.has(gate.address))
    .map((gate) => ({ ...gate, ...ownerOf(gate, snapshot) }));
  const gates = [...owned, ...others];
  return byUrgency(gates).flatMap((gate) => gates.find((one) => one === gate) ?? []);
}

function ownerOf(gate: Gate, { run, phases }: RunSnapshot): RunRef {
  const phase = parseAddress(gate.address)?.phase;
  const owner = phases.find((one) => one.phase === phase);
  return owner
    ? { workflowId: owner.workflowId, runId: owner.runId }
    : { workflowId: run.workflowId, runId: run.runId };
}
