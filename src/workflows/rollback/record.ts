import { setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import { closedSteps, describeState, targetOf, undoOrder, type UndoStep } from '../../plan/ledger.js';
import type { RollbackInput } from '../../plan/run-input.js';
import { isSettled, type Gate, type RollbackStatus, type StepRecord, type UndoRecord } from '../../plan/run-status.js';
import { awaitingPair, searchAttributes } from '../../plan/search-attributes.js';
import { rollbackDetails } from '../../plan/text/details.js';
import { rollbackSentence } from '../../plan/text/sentences.js';
import { KnownTime } from '../known-time.js';
import { Inbox } from '../messages.js';
import { Shown } from '../shown.js';
import type { Verification } from './verification.js';

interface Undo {
  step: UndoStep;
  undo: UndoRecord;
}

/** What a rollback has done and still owes. */
export class RollbackRecord {
  readonly inbox: Inbox;
  /** What is undone, in order, and what cannot be: each with what became of it. */
  readonly steps: Undo[];
  readonly closed: Undo[];
  checks: StepRecord[] = [];
  gates: Gate[] = [];
  /** The run takes back more than this, and verifies all of it then. */
  leftToRun: boolean;
  readonly time = new KnownTime();
  private readonly input: RollbackInput;
  private readonly startedAt = Date.now();
  private ended: { at: number; verification: Verification } | undefined;
  private readonly shown = new Shown(JSON.stringify(['rolling back', []]));

  constructor(input: RollbackInput) {
    this.input = input;
    this.leftToRun = input.verifiedByRun === true;
    this.inbox = new Inbox(input.environment.people, () => this.publish());
    this.steps = undoOrder(input.entries).map((step) => {
      const { change, before } = step.entry;
      return recorded(step, `${targetOf(change)} back to ${describeState(before)}`, 'pending');
    });
    this.closed = closedSteps(input.entries).map((step) =>
      recorded(step, `${targetOf(step.entry.change)} stays as it is`, 'cannot be undone')
    );
  }

  get undos(): UndoRecord[] {
    return [...this.steps, ...this.closed].map(({ undo }) => undo);
  }

  mark(undo: UndoRecord, change: Partial<UndoRecord>): void {
    Object.assign(undo, change);
    if (isSettled(undo)) undo.endedAt = Date.now();
    this.publish();
  }

  openGate(gate: Gate): void {
    this.gates.push(gate);
    this.publish();
  }

  closeGate(gate: Gate): void {
    this.gates = this.gates.filter((open) => open !== gate);
    this.publish();
  }

  end(verification: Verification): void {
    this.ended = { at: Date.now(), verification };
    this.publish();
    this.shown.flush();
  }

  get status(): RollbackStatus {
    const { workflowId, runId } = workflowInfo();
    const body = {
      schemaVersion: 1 as const,
      workflowId,
      runId,
      state: this.ended
        ? ('rolled back' as const)
        : this.gates.length > 0
          ? ('on hold' as const)
          : ('rolling back' as const),
      reason: this.input.reason,
      phases: [...new Set(this.input.entries.map((entry) => entry.phase))].reverse(),
      startedAt: this.startedAt,
      ...(this.ended ? { endedAt: this.ended.at, ...saidOf(this.ended.verification) } : {}),
      undos: this.undos,
      checks: this.checks,
      gates: this.gates,
      refusals: this.inbox.refusals,
    };
    return { ...body, sentence: rollbackSentence(body) };
  }

  publish(): void {
    const status = this.status;
    setCurrentDetails(rollbackDetails(status));
    const awaiting = [...new Set(status.gates.flatMap((gate) => gate.people))];
    this.shown.show(JSON.stringify([status.state, awaiting]), [
      { key: searchAttributes.status, value: status.state },
      awaitingPair(awaiting),
    ]);
  }
}

function saidOf({ verified, verifiedByRun, reason: verification }: Verification): Partial<RollbackStatus> {
  return { verified, verification, ...(verifiedByRun ? { verifiedByRun } : {}) };
}

function recorded(step: UndoStep, title: string, state: UndoRecord['state']): Undo {
  return { step, undo: { entryId: step.entry.id, covers: step.covers, title, state } };
}
