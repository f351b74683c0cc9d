import { announce } from '../announce.js';
import { oneOf } from '../../plan/text/spans.js';
import type { EvidenceRef } from '../../plan/run-facts.js';
import type { Gate, StepRecord } from '../../plan/run-status.js';
import type { PhaseContext } from './context.js';
import type { Desk, GateOutcome } from './desk.js';
import { PhaseStopped } from './stop.js';
import type { PhaseRecord } from './record.js';

/** A step that could not be judged waits for somebody to decide; nobody by the deadline means the plan's policy. */
export class Holds {
  private readonly context: PhaseContext;
  private readonly record: PhaseRecord;
  private readonly desk: Desk;

  constructor(context: PhaseContext, record: PhaseRecord, desk: Desk) {
    this.context = context;
    this.record = record;
    this.desk = desk;
  }

  gateFor(record: StepRecord, reason: string, evidence: EvidenceRef | undefined): Gate {
    const { environment, hold, run, waivers } = this.context.input;
    const waiverNames = environment.people
      .filter((one) => one.roles.some((role) => waivers.includes(role)))
      .map((one) => one.name);
    const people = [...new Set([run.startedBy, ...waiverNames])].filter((name) =>
      environment.people.some((one) => one.name === name)
    );
    return {
      address: record.address,
      kind: 'hold',
      title: record.title,
      reason,
      roles: Object.fromEntries(waivers.map((role) => [role, 1])),
      people: people.length > 0 ? people : environment.people.map((one) => one.name),
      decisions: [],
      openedAt: Date.now(),
      deadlineAt: Date.now() + hold.deadline.ms,
      then: 'roll back',
      digest: evidence?.digest ?? '',
      ...(evidence ? { evidence } : {}),
      answers: ['retry', 'rollback', ...(waiverNames.length > 0 ? ['waive'] : [])],
    };
  }

  /** Opens the HOLD and tells people; resolves with what was decided. */
  decide(gate: Gate): Promise<GateOutcome> {
    const wait = this.desk.wait(gate, gate.deadlineAt - Date.now());
    void announce(this.context.input.run, this.context.input.environment, {
      kind: 'hold',
      address: gate.address,
      title: `On hold: ${gate.title}`,
      text: `${gate.reason}. Somebody (${oneOf(gate.people)}) must ${oneOf(gate.answers)}; otherwise: ${gate.then}.`,
      to: gate.people,
    });
    return wait;
  }

  /** The reason for a HOLD is gone: its data came back. A gate that was decided in the meantime stays decided. */
  recover(gate: Gate): void {
    if (this.desk.isOpen(gate)) this.desk.settle(gate, { kind: 'recovered' });
  }

  /** Decides what an attempt's HOLD means: true to try again, false when it was waived. Throws to stop the phase. */
  async resolve(record: StepRecord, reason: string, evidence: EvidenceRef | undefined): Promise<boolean> {
    this.record.mark(record, { state: 'on hold', verdict: 'HOLD', reason });
    const outcome = await this.decide(this.gateFor(record, reason, evidence));
    return this.settle(record, reason, outcome);
  }

  settle(record: StepRecord, reason: string, outcome: GateOutcome): boolean {
    if (outcome.kind === 'retry') {
      this.record.mark(record, { state: 'failed', reason: `${reason}; ${outcome.by} asked for another attempt` });
      return true;
    }
    if (outcome.kind === 'waived') {
      this.record.mark(record, {
        state: 'waived',
        reason: `waived by ${outcome.by}: ${outcome.reason ?? ''} (${reason})`,
      });
      return false;
    }
    this.record.mark(record, { state: 'failed' });
    throw new PhaseStopped({
      reason: `${record.address} was on hold (${reason}) and nobody decided by the deadline`,
      reach: 'phase',
    });
  }
}
