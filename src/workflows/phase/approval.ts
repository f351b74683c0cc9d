import { isCancellation } from '@temporalio/workflow';
import type { ApprovalSpec } from '../../plan/model.js';
import { eligible } from '../../plan/quorum.js';
import type { EvidenceRef } from '../../plan/run-facts.js';
import type { Gate, StepRecord } from '../../plan/run-status.js';
import { oneOf } from '../../plan/text/spans.js';
import { announce } from '../announce.js';
import { verdictOf, type StepOutcome } from './attempt.js';
import type { PhaseContext } from './context.js';
import type { Desk, GateOutcome } from './desk.js';
import type { PhaseRecord } from './record.js';

/** Asks people to approve what the phase has shown, bound to a digest of the plan and of that evidence. */
export class Approvals {
  private readonly context: PhaseContext;
  private readonly record: PhaseRecord;
  private readonly desk: Desk;

  constructor(context: PhaseContext, record: PhaseRecord, desk: Desk) {
    this.context = context;
    this.record = record;
    this.desk = desk;
  }

  async ask(spec: ApprovalSpec, record: StepRecord): Promise<StepOutcome> {
    const shown = await this.evidence(record);
    if (!('digest' in shown)) return shown;
    const { input } = this.context;
    const gate: Gate = {
      address: record.address,
      kind: 'approval',
      title: record.title,
      reason: 'the phase has shown what it should; people decide whether it stays',
      roles: spec.roles,
      people: eligible(spec, input.environment.people, input.run.startedBy).map((person) => person.name),
      decisions: [],
      openedAt: Date.now(),
      deadlineAt: Date.now() + spec.expires.ms,
      then: spec.onExpiry === 'rollback' ? 'roll back' : 'put the phase on hold',
      digest: shown.digest,
      evidence: shown,
      answers: ['approve', 'reject'],
    };
    this.record.mark(record, { state: 'waiting', evidence: [shown] });
    const decided = this.desk.wait(gate, spec.expires.ms);
    void untilCancelled(() => this.remind(spec, gate));
    return outcomeOf(await decided, gate, spec, shown);
  }

  /** What approvers are shown, stored so that the approval can name it. */
  private evidence(record: StepRecord): Promise<EvidenceRef | StepOutcome> {
    const { run, phase } = this.context.input;
    const { steps, ledger, baseline, waivers } = this.record.facts;
    return verdictOf(() =>
      this.context.calls.reads.recordEvidence.executeWithOptions({ summary: `Evidence for ${record.address}` }, [
        {
          kind: 'gate',
          document: {
            run: run.workflowId,
            runId: run.runId,
            gate: record.address,
            plan: run.digest,
            phase: phase.id,
            steps,
            ledger,
            baseline,
            waivers,
          },
        },
      ])
    );
  }

  /** Asks, reminds, and asks the next in line, for as long as the gate is open. */
  private async remind(spec: ApprovalSpec, gate: Gate): Promise<void> {
    const { run, environment } = this.context.input;
    const tell = (kind: 'approval' | 'reminder' | 'escalation', to: string[]): Promise<void> =>
      announce(run, environment, {
        kind,
        address: gate.address,
        title: `${gate.title}${kind === 'approval' ? '' : ` (${kind})`}`,
        text: `${oneOf(to)}: please approve or reject ${gate.address} of ${run.workflowId}; otherwise: ${gate.then}.`,
        to,
      });
    await tell('approval', gate.people);
    let escalated = false;
    for (;;) {
      const escalateAt = spec.escalate && !escalated ? gate.openedAt + spec.escalate.after.ms : Infinity;
      const pause = Math.min(spec.remindEvery.ms, Math.max(1, escalateAt - Date.now()));
      // A reminder at or after the deadline would come too late to be of use.
      if (Date.now() + pause >= gate.deadlineAt) return;
      if (await this.desk.closedWithin(gate, pause)) return;
      if (Date.now() < escalateAt || !spec.escalate) await tell('reminder', gate.people);
      else {
        escalated = true;
        const role = spec.escalate.to;
        await tell(
          'escalation',
          environment.people.filter((one) => one.roles.includes(role)).map((one) => one.name)
        );
      }
    }
  }
}

/** For what runs beside the story: when the phase is stopped nobody is left to hear of it. */
async function untilCancelled(run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (!isCancellation(error)) throw error;
  }
}

function outcomeOf(outcome: GateOutcome, gate: Gate, spec: ApprovalSpec, shown: EvidenceRef): StepOutcome {
  const evidence = [shown];
  if (outcome.kind === 'approved') {
    const by = gate.decisions.filter((one) => one.decision === 'approve').map((one) => one.by);
    return { verdict: 'PASS', reason: `approved by ${by.join(', ')}`, evidence };
  }
  if (outcome.kind === 'rejected') {
    return { verdict: 'FAIL', reason: `rejected by ${outcome.by}: ${outcome.reason ?? 'no reason given'}`, evidence };
  }
  const verdict = spec.onExpiry === 'rollback' ? 'FAIL' : 'HOLD';
  return { verdict, reason: `nobody of ${oneOf(gate.people)} answered within ${spec.expires.planned}`, evidence };
}
