import { setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import { address } from '../../plan/address.js';
import type { LedgerEntry } from '../../plan/change.js';
import { entryKey, mergeLedgers, openEntries } from '../../plan/ledger.js';
import { remarksOf } from '../../plan/names.js';
import { newsOf, type PhaseNews } from '../../plan/phase-news.js';
import type { PhaseInput } from '../../plan/run-input.js';
import type { Gate, PhaseStatus, RunState, StepRecord } from '../../plan/run-status.js';
import { awaitingPair, searchAttributes } from '../../plan/search-attributes.js';
import { phaseDetails } from '../../plan/text/details.js';
import { phaseSentence } from '../../plan/text/sentences.js';
import { KnownTime } from '../known-time.js';
import { Inbox } from '../messages.js';
import { Shown } from '../shown.js';

type Facts = Omit<PhaseStatus, 'sentence' | 'refusals' | 'state'>;

/**
 * Everything that is known about a phase: what the status query answers and what the Temporal UI shows. It only
 * records; the phase decides.
 */
export class PhaseRecord {
  readonly inbox: Inbox;
  readonly facts: Facts;
  readonly time = new KnownTime();
  private readonly input: PhaseInput;
  private readonly remarks: string[];
  /** For the run; it follows from the status, each time that one is published. */
  news: PhaseNews;
  private ending: RunState | undefined;
  private readonly shown = new Shown(JSON.stringify(['running', [], null]));

  constructor(input: PhaseInput) {
    this.input = input;
    this.inbox = new Inbox(input.environment.people, () => this.publish());
    this.news = { phase: input.phase.id, state: 'running' };
    const info = workflowInfo();
    this.remarks = remarksOf(input.environment);
    this.facts = {
      schemaVersion: 1,
      phase: input.phase.id,
      title: input.phase.title,
      workflowId: info.workflowId,
      runId: info.runId,
      startedAt: Date.now(),
      ...(input.paused ? { paused: input.paused } : {}),
      ...(input.held ? { held: input.held } : {}),
      steps: [],
      gates: [],
      decisions: [],
      waivers: [],
      ledger: [],
    };
  }

  /** A new attempt of a step; the attempt number follows from what is recorded. */
  begin(step: { id: string; title: string; kind: string }, part: StepRecord['part']): StepRecord {
    const attempt = this.facts.steps.filter((record) => record.id === step.id).length + 1;
    const record: StepRecord = {
      address: address(this.input.phase.id, step.id, attempt),
      id: step.id,
      part,
      kind: step.kind,
      title: step.title,
      state: 'running',
      startedAt: Date.now(),
    };
    this.facts.steps.push(record);
    this.publish();
    return record;
  }

  /** Records what became of a step; only a state in which nothing more happens gives it an end. */
  mark(record: StepRecord, change: Partial<StepRecord>): void {
    Object.assign(record, change);
    if (record.state === 'passed' || record.state === 'failed' || record.state === 'waived')
      record.endedAt = Date.now();
    this.publish();
  }

  /** What still ran when the phase was stopped did not pass. */
  abandonRunning(reason: string): void {
    for (const step of this.facts.steps) {
      if (step.state === 'running' || step.state === 'waiting' || step.state === 'on hold') {
        Object.assign(step, { state: 'failed', endedAt: Date.now(), reason: step.reason ?? `stopped: ${reason}` });
      }
    }
    this.facts.gates = [];
    delete this.facts.answered;
  }

  openGate(gate: Gate): void {
    this.facts.gates.push(gate);
    this.publish();
  }

  letCorrect(gate: Gate): void {
    (this.facts.answered ??= []).push(gate);
    this.publish();
  }

  closeGate(gate: Gate): void {
    this.facts.gates = this.facts.gates.filter((open) => open !== gate);
    if (this.facts.answered) this.facts.answered = this.facts.answered.filter((open) => open !== gate);
    this.publish();
  }

  addLedgerEntry(entry: LedgerEntry): void {
    this.facts.ledger.push(entry);
    this.time.saw(entry.capturedAt);
    this.facts.changedAt ??= this.time.now;
    this.publish();
  }

  /**
   * Takes in entries that a reset made this execution forget, where they belong; returns them.
   *
   * @param entries of all executions, this one's too, in the order in which they were captured
   */
  rememberLedger(entries: readonly LedgerEntry[]): LedgerEntry[] {
    const forgotten = openEntries(entries, this.facts.ledger.map(entryKey));
    this.facts.ledger = mergeLedgers([entries, this.facts.ledger]);
    this.publish();
    return forgotten;
  }

  /** What stopping the phase now comes to, in words. */
  get wayBack(): string {
    return this.facts.ledger.length > 0 ? `roll back ${this.input.phase.id}` : 'end the run';
  }

  /** Nothing new begins: somebody paused it, or an incident holds it. */
  get isHeldUp(): boolean {
    return this.facts.paused !== undefined || this.facts.held !== undefined;
  }

  /** From here on the state no longer follows from gates and steps. */
  end(state: RunState): void {
    this.ending = state;
    if (state !== 'rolling back') this.facts.endedAt = Date.now();
    this.publish();
    if (this.hasEnded) this.shown.flush();
  }

  get hasEnded(): boolean {
    return this.facts.endedAt !== undefined;
  }

  get state(): RunState {
    if (this.ending) return this.ending;
    if (this.facts.gates.some((gate) => gate.kind === 'hold')) return 'on hold';
    if (this.facts.gates.length > 0) return 'waiting';
    const running = this.facts.steps.some((step) => step.state === 'running');
    if (running) return 'running';
    if (this.facts.held) return 'on hold';
    return this.facts.paused ? 'paused' : 'running';
  }

  get status(): PhaseStatus {
    const body = { ...this.facts, state: this.state, refusals: this.inbox.refusals };
    return { ...body, sentence: phaseSentence(body, this.next()) };
  }

  /** Shows the present state in the Temporal UI. */
  publish(): void {
    const status = this.status;
    const { phase, tellsFirstChange = false } = this.input;
    this.news = newsOf(status, { inStage: phase.checklists !== undefined, tellsFirstChange });
    setCurrentDetails(phaseDetails(status, this.remarks));
    const awaiting = [...new Set(status.gates.flatMap((gate) => gate.people))];
    const deadline = status.gates.length > 0 ? Math.min(...status.gates.map((gate) => gate.deadlineAt)) : null;
    this.shown.show(JSON.stringify([status.state, awaiting, deadline]), [
      { key: searchAttributes.status, value: status.state },
      awaitingPair(awaiting),
      { key: searchAttributes.deadline, value: deadline === null ? null : new Date(deadline) },
    ]);
  }

  private next(): string {
    const { before, steps, success, successChecks, approval, soak } = this.input.phase;
    const story = [
      ...before,
      ...steps,
      ...(success ? [{ id: 'success', title: 'the success criteria' }] : []),
      ...successChecks,
      ...(approval ? [{ id: 'approval', title: 'the approval' }] : []),
      ...(soak ? [{ id: 'soak', title: 'the soak' }] : []),
    ];
    const begun = new Set(this.facts.steps.map((step) => step.id));
    const upcoming = story.find((step) => !begun.has(step.id));
    return upcoming ? `Next: ${upcoming.title}.` : 'Then the phase is done.';
  }
}
