import { ActivityFailure, CancellationScope, isCancellation } from '@temporalio/workflow';
import { targetOf, type UndoStep } from '../../plan/ledger.js';
import type { RollbackInput } from '../../plan/run-input.js';
import type { Gate, UndoRecord } from '../../plan/run-status.js';
import { environmentCalls, type EnvironmentCalls } from '../activities.js';
import { beside } from '../beside.js';
import { failureText, wasNotTaken } from '../phase/attempt.js';
import { needOf, sliceEnvironment } from '../slice.js';
import type { Question, RollbackDesk } from './desk.js';
import type { RollbackRecord } from './record.js';

const minute = 60_000;
/** An undo that no worker has begun within this time needs somebody. */
const takenWithinMs = 2 * minute;

type Tried = 'done' | 'failed' | 'not taken';

/** Undoes the steps in their order; what keeps failing waits for a person while the others go on. */
export class Undos {
  private readonly input: RollbackInput;
  private readonly record: RollbackRecord;
  private readonly desk: RollbackDesk;
  private readonly calls: EnvironmentCalls;

  constructor(input: RollbackInput, record: RollbackRecord, desk: RollbackDesk) {
    this.input = input;
    this.record = record;
    this.desk = desk;
    this.calls = environmentCalls(input.environment.id);
  }

  /**
   * Undoes everything once; resolves when each undo was tried. `finish` waits for what people must see to, and for older
   * states of the targets concerned: undone before, they would be overwritten by what is still tried.
   */
  async all(): Promise<{ finish: Promise<void> }> {
    const late = new Map<string, Promise<void>>();
    for (const { step, undo } of this.record.steps) {
      const target = targetOf(step.entry.change);
      const newer = late.get(target);
      if (newer) {
        late.set(target, this.undoAfter(newer, step, undo));
        continue;
      }
      const tried = await this.attempt(step, undo, 1, takenWithinMs);
      if (tried !== 'done') late.set(target, this.insist(step, undo, tried));
    }
    const closed = this.record.closed.map(({ step, undo }) => this.accepted(step, undo));
    return { finish: Promise.all([...late.values(), ...closed]).then(() => undefined) };
  }

  private async undoAfter(newer: Promise<void>, step: UndoStep, undo: UndoRecord): Promise<void> {
    await newer;
    const tried = await this.attempt(step, undo, 1, takenWithinMs);
    if (tried !== 'done') await this.insist(step, undo, tried);
  }

  private async attempt({ entry }: UndoStep, undo: UndoRecord, attempt: number, withinMs: number): Promise<Tried> {
    this.record.mark(undo, { state: 'running' });
    const { change } = entry;
    const deployment = change.type === 'deploy' ? this.input.environment.deploy[change.target] : undefined;
    const environment = sliceEnvironment(this.input.environment, needOf(change));
    try {
      const done = await this.calls
        // Read, undo, read back: each may take its time.
        .changes(3 * (deployment?.timeout.ms ?? 0) + minute)
        .undoChange.executeWithOptions(
          {
            summary: `Undo: ${undo.title}`.slice(0, 180),
            retry: { initialInterval: '1s', maximumAttempts: 4 },
            scheduleToStartTimeout: withinMs,
          },
          [{ entry, environment, key: `${entry.idempotencyKey}/undo#${attempt}` }]
        );
      this.record.time.saw(done.endedAt);
      this.record.mark(undo, { state: 'done', reason: done.reason, evidence: done.evidence });
      return 'done';
    } catch (error) {
      if (!(error instanceof ActivityFailure)) throw error;
      // Called off before anybody took it: what was said of it before still holds.
      const reason = isCancellation(error) ? undo.reason : failureText(error);
      this.record.mark(undo, { state: 'failing', ...(reason === undefined ? {} : { reason }) });
      return wasNotTaken(error) ? 'not taken' : 'failed';
    }
  }

  /** Pages somebody, then tries again and again, ever more rarely, until it is undone or taken over by hand. */
  private async insist(step: UndoStep, undo: UndoRecord, first: Tried): Promise<void> {
    const gate = this.desk.open(undo, keepsFailing(undo));
    let last = first;
    for (let attempt = 2; ; attempt++) {
      this.desk.ask(gate, keepsFailing(undo), attempt - 1);
      if (last === 'not taken') {
        last = await this.waitForWorker(step, undo, attempt, gate);
        if (last === 'done') break;
        if (!this.desk.isAnswered(gate)) continue;
      }
      const decision = await this.desk.answer(gate);
      if (decision?.kind === 'takeover') {
        const { by, reason } = decision;
        this.record.mark(undo, { state: 'taken over', by, reason: `${by}: ${reason}` });
        break;
      }
      last = await this.attempt(step, undo, attempt, takenWithinMs);
      if (last === 'done') break;
    }
    this.desk.close(gate);
  }

  /** Lies in the queue until the gate's deadline, so that it begins the moment a worker is there, or is called off. */
  private waitForWorker(step: UndoStep, undo: UndoRecord, attempt: number, gate: Gate): Promise<Tried> {
    const queued = new CancellationScope();
    return beside(
      () => queued.run(() => this.attempt(step, undo, attempt, gate.deadlineAt - Date.now())),
      async () => {
        await this.desk.answered(gate);
        queued.cancel();
      }
    );
  }

  /** What cannot be undone stays until a named person accepts it as it is. */
  private async accepted({ entry: { cannotUndo = '' } }: UndoStep, undo: UndoRecord): Promise<void> {
    const question = cannotBeUndone(cannotUndo);
    const gate = this.desk.open(undo, question);
    for (let times = 1; ; times++) {
      this.desk.ask(gate, question, times);
      const decision = await this.desk.answer(gate);
      if (decision?.kind !== 'takeover') continue;
      const { by, reason } = decision;
      this.record.mark(undo, { state: 'accepted', by, reason: `${cannotUndo}; ${by} accepts it: ${reason}` });
      break;
    }
    this.desk.close(gate);
  }
}

function keepsFailing(undo: UndoRecord): Question {
  return {
    headline: 'Undo keeps failing',
    reason: `the undo keeps failing: ${undo.reason ?? ''}`,
    advice: 'Undo it by hand and say so (takeover), or mend the target and retry.',
    then: 'try again',
    answers: ['retry', 'takeover'],
  };
}

function cannotBeUndone(why: string): Question {
  return {
    headline: 'Cannot be undone',
    reason: `it cannot be undone: ${why}`,
    advice: 'See that it is safe as it is, and say so (takeover).',
    then: 'ask again',
    answers: ['takeover'],
  };
}
