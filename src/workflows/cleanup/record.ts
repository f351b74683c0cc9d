import { condition, setCurrentDetails, sleep, upsertMemo, workflowInfo } from '@temporalio/workflow';
import {
  attemptAt,
  freshState,
  isDone,
  nextInstant,
  opened,
  tasksNow,
  type CleanupState,
  type RemovedFlag,
} from '../../plan/cleanup/course.js';
import type { GroupDays } from '../../plan/cleanup/days.js';
import { cleanupStatus, openGates, type CleanupFacts } from '../../plan/cleanup/status.js';
import type { CleanupTask, RemoveFlagsTask } from '../../plan/model.js';
import { remarksOf } from '../../plan/names.js';
import type { CleanupInput } from '../../plan/run-input.js';
import type { Gate, PhaseStatus, StepRecord } from '../../plan/run-status.js';
import { awaitingPair, searchAttributes } from '../../plan/search-attributes.js';
import { phaseDetails } from '../../plan/text/details.js';
import { Inbox } from '../messages.js';
import { Shown } from '../shown.js';

/** What a new build has to replay at most, but for what is under way. */
const mostEvents = 200;

/** What is known about a clean-up: it only records, as plain data that the next execution goes on with. */
export class CleanupRecord {
  readonly inbox: Inbox;
  state: CleanupState;
  private readonly input: CleanupInput;
  private readonly shown: Shown;
  private shownKey: string;
  /** An answer was taken. */
  private changed = false;
  /** A message went out in vain: the next execution looks at everything anew. */
  private again = false;
  private end: CleanupFacts['end'];

  constructor(input: CleanupInput) {
    this.input = input;
    this.inbox = new Inbox(input.environment.people, () => this.publish());
    this.state = input.state ?? freshState(Date.now());
    this.inbox.refusals.push(...this.state.refusals);
    this.shownKey = input.shown ?? '';
    this.shown = new Shown(this.shownKey);
    if (input.state) this.publish();
  }

  get gates(): Gate[] {
    if (this.end) return [];
    return openGates(this.input.cleanup, this.state, this.input.environment.people);
  }

  /** By its address: gates are made anew whenever they are looked at. */
  isOpen({ address }: Pick<Gate, 'address'>): boolean {
    return this.gates.some((gate) => gate.address === address);
  }

  taskAt(address: string): { task: CleanupTask; step: StepRecord } | undefined {
    const found = tasksNow(this.input.cleanup, this.state).find(({ step }) => step?.address === address);
    return found?.step ? { task: found.task, step: found.step } : undefined;
  }

  get isDone(): boolean {
    return tasksNow(this.input.cleanup, this.state).every(isDone);
  }

  /** Somebody answered that flags can be removed, and it has not been done or refused yet. */
  get removalAsked(): { task: RemoveFlagsTask; step: StepRecord } | undefined {
    for (const { task, step } of tasksNow(this.input.cleanup, this.state))
      if (task.kind === 'remove-flags' && step?.state === 'running') return { task, step };
    return undefined;
  }

  open(days: Record<string, GroupDays>, now: number): void {
    this.state = opened(this.input.cleanup, this.state, days, now);
    this.publish();
  }

  /** Records what became of an attempt; one that failed leaves the task open for another. */
  mark(step: StepRecord, change: Partial<StepRecord>): void {
    Object.assign(step, change);
    this.changed = true;
    if (step.state === 'passed' || step.state === 'failed') step.endedAt = Date.now();
    const failed = step.state === 'failed' ? this.taskAt(step.address) : undefined;
    if (failed) this.state.steps.push(attemptAt(failed.task, this.state.steps, Date.now()));
    this.publish();
  }

  /** Also where whoever rolls the run back finds it when no worker answers. */
  markRemoved(removed: RemovedFlag[]): void {
    this.state.removed = removed;
    upsertMemo({ removed });
  }

  told(at: number, news: CleanupState['told']): void {
    this.state.toldAt = at;
    this.state.told = news;
    this.publish();
  }

  lookAgain(): void {
    this.changed = true;
    this.again = true;
  }

  /** Whether something happened after which more of its kind may come; an execution that answers share has waited. */
  get isWorthALook(): boolean {
    return this.changed && !this.input.shared && !this.isDone && !this.removalAsked;
  }

  /**
   * Resolves at the next instant at which something is to be done by itself, or when somebody answered. Of people who
   * were told just now the next reminder counts from then; of those who are being told none is due before.
   *
   * @param now epoch ms, as an activity said it
   * @param telling whether people are being told meanwhile
   */
  async nextThing(now: number, telling: boolean): Promise<void> {
    const before = this.state.toldAt;
    for (;;) {
      const wasTold = this.state.toldAt !== before;
      const instant = (): number | undefined => this.instantAfter(now, telling && !wasTold);
      const next = instant();
      // What was answered may have been all that was due then.
      const isOther = (): boolean => this.input.shared === true && instant() !== next;
      const isOver = (): boolean => this.goesOn || (this.state.toldAt !== before) !== wasTold || isOther();
      const summary = this.status.sentence.slice(0, 180);
      const woken =
        next === undefined
          ? await condition(isOver).then(() => true)
          : await condition(isOver, Math.max(1, next - Date.now()), { summary });
      if (!woken || this.goesOn) return;
    }
  }

  /** Whether this execution has done its part before the calendar says so. */
  private get goesOn(): boolean {
    const { historyLength, continueAsNewSuggested } = workflowInfo();
    if (!this.input.shared) return this.changed || continueAsNewSuggested;
    return this.again || this.isDone || this.removalAsked !== undefined || historyLength >= mostEvents;
  }

  /**
   * Resolves at the next instant at which something is to be done by itself, whatever is answered meanwhile.
   *
   * @param now epoch ms, as an activity said it
   */
  async nextInstant(now: number): Promise<void> {
    const next = this.instantAfter(now);
    if (next === undefined) await condition(() => false);
    else await sleep(Math.max(1, next - Date.now()), { summary: this.status.sentence.slice(0, 180) });
  }

  private instantAfter(now: number, telling = false): number | undefined {
    const { cleanup } = this.input;
    const { toldAt } = this.state;
    const due = toldAt !== undefined && toldAt + cleanup.remindEvery.ms > now;
    const state = telling && due ? { ...this.state, toldAt: now } : this.state;
    return nextInstant(cleanup, state, Math.max(now, state.toldAt ?? now));
  }

  finish(end: NonNullable<CleanupFacts['end']>): void {
    this.end = end;
    this.publish();
    this.shown.flush();
  }

  handedOver(): Pick<CleanupInput, 'state' | 'shown' | 'shared'> {
    this.shown.flush();
    return { state: { ...this.state, refusals: this.inbox.refusals }, shown: this.shownKey, shared: true };
  }

  get status(): PhaseStatus {
    const { cleanup, environment } = this.input;
    const { workflowId, runId } = workflowInfo();
    const facts = { cleanup, people: environment.people, workflowId, runId, refusals: this.inbox.refusals };
    return cleanupStatus({ ...facts, ...(this.end ? { end: this.end } : {}) }, this.state);
  }

  private publish(): void {
    const status = this.status;
    setCurrentDetails(phaseDetails(status, remarksOf(this.input.environment)));
    const awaiting = [...new Set(status.gates.flatMap((gate) => gate.people))];
    const deadline = status.gates.length > 0 ? Math.min(...status.gates.map((gate) => gate.deadlineAt)) : null;
    this.shownKey = JSON.stringify([status.state, awaiting, deadline]);
    this.shown.show(this.shownKey, [
      { key: searchAttributes.status, value: status.state },
      awaitingPair(awaiting),
      { key: searchAttributes.deadline, value: deadline === null ? null : new Date(deadline) },
    ]);
  }
}
