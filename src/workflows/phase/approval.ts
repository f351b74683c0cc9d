import { starterMayDecide } from '../../plan/gate-rules.js';
import type { ApprovalSpec } from '../../plan/model.js';
import { eligible, stillNeeded } from '../../plan/quorum.js';
import type { EvidenceRef } from '../../plan/run-facts.js';
import type { PhaseInput } from '../../plan/run-input.js';
import type { Gate, StepRecord } from '../../plan/run-status.js';
import { awaited } from '../../plan/text/sentences.js';
import { announce } from '../announce.js';
import { beside } from '../beside.js';
import { verdictOf, type StepOutcome } from './attempt.js';
import type { PhaseContext } from './context.js';
import type { Desk, GateOutcome } from './desk.js';
import type { PhaseRecord } from './record.js';
import { askAndRemind } from './reminding.js';

/** Asks people to approve what the phase has shown, bound to a digest of the plan and of that evidence. */
export async function approve(
  context: PhaseContext,
  record: PhaseRecord,
  desk: Desk,
  spec: ApprovalSpec,
  step: StepRecord,
  { evenUnstored = false, ...words }: Partial<Pick<Gate, 'reason' | 'then'>> & { evenUnstored?: boolean } = {}
): Promise<StepOutcome> {
  const stored = await storeEvidence(context, record, step);
  if (!('digest' in stored) && !evenUnstored) return stored;
  // Bound to the plan alone then.
  const shown = 'digest' in stored ? stored : undefined;
  const gate: Gate = {
    address: step.address,
    kind: 'approval',
    title: step.title,
    reason: context.input.phase.checklists
      ? 'every item is answered; people decide whether it starts'
      : 'the phase has shown what it should; people decide whether it stays',
    roles: spec.roles,
    ...(spec.needs ? { needs: spec.needs } : {}),
    people: [],
    decisions: [],
    openedAt: Date.now(),
    deadlineAt: Date.now() + spec.expires.ms,
    then: spec.onExpiry === 'rollback' ? record.wayBack : 'put the phase on hold',
    ...words,
    digest: shown?.digest ?? context.input.run.digest,
    ...(shown ? { evidence: shown } : {}),
    answers: ['approve', 'reject'],
  };
  gate.people = mayApprove(context.input, gate);
  record.mark(step, { state: 'waiting', ...(shown ? { evidence: [shown] } : {}) });
  const outcome = await beside(
    () => desk.wait(gate),
    () => remind(context, record, spec, gate)
  );
  return outcomeOf(outcome, gate, spec, shown);
}

/** Names of the people whose yes would bring an approval gate further. */
export function mayApprove({ phase, environment, run }: PhaseInput, gate: Gate): string[] {
  const roles = gate.standIn === undefined ? gate.roles : { ...gate.roles, [gate.standIn]: 1 };
  const people = eligible({ roles, allowStarter: starterMayDecide(gate, phase) }, environment.people, run.startedBy);
  return stillNeeded(gate, people).map((person) => person.name);
}

/** What approvers are shown, stored so that the approval can name it. */
function storeEvidence(
  context: PhaseContext,
  record: PhaseRecord,
  step: StepRecord
): Promise<EvidenceRef | StepOutcome> {
  const { run, phase } = context.input;
  const { steps, ledger, baseline, waivers } = record.facts;
  const { workflowId, runId, digest } = run;
  const document = { run: workflowId, runId, gate: step.address, plan: digest, phase: phase.id };
  return verdictOf(() =>
    context.calls.reads.recordEvidence.executeWithOptions({ summary: `Evidence for ${step.address}` }, [
      { kind: 'gate', document: { ...document, steps, ledger, baseline, waivers } },
    ])
  );
}

/** Asks, reminds, and asks the next in line, for as long as the gate is open. */
function remind(context: PhaseContext, record: PhaseRecord, spec: ApprovalSpec, gate: Gate): Promise<void> {
  const { run, environment } = context.input;
  const { remindEvery: every, expires, escalate } = spec;
  return askAndRemind(gate, { every, expires, escalateAfter: escalate?.after }, (kind) => {
    if (kind === 'escalation' && escalate) {
      gate.standIn = escalate.to;
      gate.people = mayApprove(context.input, gate);
      record.publish();
    }
    return announce(run, environment, {
      kind: kind === 'ask' ? 'approval' : kind,
      address: gate.address,
      title: `${gate.title}${kind === 'ask' ? '' : ` (${kind})`}`,
      text: `${awaited(gate)}: please approve or reject ${gate.address} of ${run.workflowId}; otherwise: ${gate.then}.`,
      to: gate.people,
    });
  });
}

function outcomeOf(outcome: GateOutcome, gate: Gate, spec: ApprovalSpec, shown: EvidenceRef | undefined): StepOutcome {
  const evidence = shown ? [shown] : [];
  if (outcome.kind === 'approved') {
    const by = gate.decisions.filter((one) => one.decision === 'approve').map((one) => one.by);
    return { verdict: 'PASS', reason: `approved by ${by.join(', ')}`, evidence };
  }
  if (outcome.kind === 'rejected') {
    return { verdict: 'FAIL', reason: `rejected by ${outcome.by}: ${outcome.reason ?? 'no reason given'}`, evidence };
  }
  const verdict = spec.onExpiry === 'rollback' ? 'FAIL' : 'HOLD';
  return { verdict, reason: `no approval within ${spec.expires.planned} (asked: ${gate.people.join(', ')})`, evidence };
}
