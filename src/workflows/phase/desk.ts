import { condition } from '@temporalio/workflow';
import type { Decision } from '../../plan/quorum.js';
import type { PhaseInput } from '../../plan/run-input.js';
import type { DecisionMinutes, Gate } from '../../plan/run-status.js';
import { refused } from '../messages.js';
import type { Minutes } from '../minutes.js';
import { Deadlines } from './deadlines.js';
import type { PhaseRecord } from './record.js';

/** How a gate ended. */
export type GateOutcome =
  | { kind: 'approved' | 'expired' | 'recovered' }
  | { kind: 'rejected'; by: string; reason?: string }
  | { kind: 'retry' | 'waived'; by: string; identity: Decision['identity']; reason?: string }
  | {
      kind: 'answered';
      by: string;
      identity: Decision['identity'];
      answer: string;
      evidence?: string;
      reason?: string;
    };

/** The desk at which gates lie open until they are decided: by people, by data that came back, or by their deadline. */
export class Desk {
  private readonly input: PhaseInput;
  private readonly record: PhaseRecord;
  private readonly minutes: Minutes;
  private readonly shared: Deadlines | undefined;
  private readonly outcomes = new Map<Gate, GateOutcome>();

  constructor(input: PhaseInput, record: PhaseRecord, minutes: Minutes) {
    this.input = input;
    this.record = record;
    this.minutes = minutes;
    this.shared = input.phase.checklists !== undefined ? new Deadlines() : undefined;
  }

  get gates(): readonly Gate[] {
    return this.record.facts.gates;
  }

  private get answered(): readonly Gate[] {
    return this.record.facts.answered ?? [];
  }

  /** Those that take this answer: the open ones, and for an answer to an item those where one can be corrected. */
  gatesFor(answer: string): readonly Gate[] {
    return answer === 'attest' ? [...this.gates, ...this.answered] : this.gates;
  }

  isOpen(gate: Gate): boolean {
    return (this.gates.includes(gate) || this.answered.includes(gate)) && !this.outcomes.has(gate);
  }

  /** What somebody said at a gate that is not closed yet. */
  outcomeAt(gate: Gate): GateOutcome | undefined {
    return this.outcomes.get(gate);
  }

  /** Ends the time in which an answer can be corrected at a gate (`letCorrect` of the record); returns the correction. */
  endCorrection(gate: Gate): GateOutcome | undefined {
    const correction = this.outcomes.get(gate);
    if (correction) this.keep(gate, correction);
    this.outcomes.delete(gate);
    this.record.closeGate(gate);
    return correction;
  }

  /**
   * Opens a gate and waits for its end; at its deadline it is `expired`.
   *
   * @param renew called at the deadline; true when the gate has another one now
   */
  async wait(gate: Gate, renew: () => boolean = () => false): Promise<GateOutcome> {
    this.record.openGate(gate);
    try {
      do {
        await this.decidedOrLate(gate);
      } while (!this.outcomes.has(gate) && renew());
      const outcome = this.outcomes.get(gate) ?? { kind: 'expired' };
      if (outcome.kind !== 'recovered') this.keep(gate, outcome);
      return outcome;
    } finally {
      this.outcomes.delete(gate);
      this.record.closeGate(gate);
    }
  }

  /** Of the many items of a stage one timer serves all deadlines. */
  private async decidedOrLate(gate: Gate): Promise<void> {
    const isDecided = (): boolean => this.outcomes.has(gate);
    if (this.shared && gate.kind === 'attestation') return this.shared.reached(gate, isDecided);
    const left = Math.max(1, gate.deadlineAt - Date.now());
    await condition(isDecided, left, { summary: `Deadline of ${gate.address}` });
  }

  /** @throws a refusal when the gate has ended already */
  settle(gate: Gate, outcome: GateOutcome): void {
    this.requireOpen(gate);
    this.outcomes.set(gate, outcome);
  }

  /** @throws a refusal when the gate has ended already */
  requireOpen(gate: Gate): void {
    if (!this.isOpen(gate)) throw refused({ code: 'PG208', reason: `${gate.address} was decided in the meantime` });
  }

  private keep(gate: Gate, outcome: GateOutcome): void {
    const document = this.minutesOf(gate, outcome);
    if (this.input.gathersMinutes) this.minutes.gather([document]);
    else this.minutes.keep(document);
  }

  private minutesOf(gate: Gate, outcome: GateOutcome): DecisionMinutes {
    const { run, phase } = this.input;
    const { workflowId, runId, digest: plan } = run;
    // A reminder may change the gate before they are written, and whoever writes them must write the same.
    const asked = { ...gate, people: [...gate.people], decisions: [...gate.decisions] };
    return { run: workflowId, runId, plan, phase: phase.id, gate: asked, outcome, at: Date.now() };
  }
}
