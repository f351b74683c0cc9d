import { CancellationScope, condition, isCancellation, sleep } from '@temporalio/workflow';
import type { ApprovalSpec, BeforeItem } from '../../plan/model.js';
import { patienceMs } from '../../plan/patience.js';
import { owedBy } from '../../plan/owed.js';
import type { Gate, StepRecord } from '../../plan/run-status.js';
import { counted, spanText } from '../../plan/text/spans.js';
import { announce } from '../announce.js';
import { beside, together } from '../beside.js';
import { approve } from './approval.js';
import { answerOf, openAttestation } from './attestation.js';
import type { PhaseContext } from './context.js';
import type { Desk, GateOutcome } from './desk.js';
import { tooOld, validityOf } from './freshness.js';
import type { PhaseRecord } from './record.js';
import { approvalStep, type Steps } from './steps.js';
import type { Validation } from './validation.js';
import type { WindowOutcome } from './windows.js';

const day = 24 * 60 * 60 * 1000;

type Answered = Extract<GateOutcome, { kind: 'answered' }>;
/** What begins a new attempt at an item that had an answer. */
type Again = { answer: Answered } | { why: string };

/**
 * The stage before all phases, or one of the validation after them. Its items are worked on side by side, and nothing of
 * it is over before the stage is closed: until then an answer can be corrected, and one that has grown too old is asked for again. Both void the
 * approval that may have been asked for, since it was shown something else.
 */
export class Checklists {
  private readonly context: PhaseContext;
  private readonly record: PhaseRecord;
  private readonly desk: Desk;
  private readonly steps: Steps;
  private readonly stage: Validation | undefined;
  /** Ids of the items that have no good answer now. */
  private readonly open: Set<string>;
  /** Ids of the items that were answered anew, in their order. */
  private readonly renewed: string[] = [];
  private closed = false;

  /** @param stage says when it may be closed, and looks at the items in its own way */
  constructor(context: PhaseContext, record: PhaseRecord, desk: Desk, steps: Steps, stage?: Validation) {
    this.context = context;
    this.record = record;
    this.desk = desk;
    this.steps = steps;
    this.stage = stage;
    this.open = new Set(this.items.map((item) => item.id));
  }

  async run(): Promise<void> {
    const work = [() => this.close(), ...this.items.map((item) => () => this.keep(item))];
    await beside(
      () => together(work),
      () => this.remind()
    );
  }

  private get items(): readonly BeforeItem[] {
    return this.context.input.phase.before;
  }

  /** Sees to an item until the stage is closed; a correction that came in that very moment is still taken. */
  private async keep(item: BeforeItem): Promise<void> {
    let again: Again | undefined;
    do {
      this.open.add(item.id);
      await this.steps.attempts(item, 'before', (attempt) => {
        const now = again;
        again = undefined;
        return this.attempt(item, attempt, now);
      });
      this.open.delete(item.id);
      again = await this.anew(item);
      if (again) this.renewed.push(item.id);
    } while (again);
  }

  private async attempt(item: BeforeItem, attempt: StepRecord, again: Again | undefined): Promise<WindowOutcome> {
    if (again && 'answer' in again) return answerOf(attempt, again.answer);
    if (again) this.record.mark(attempt, { reason: again.why });
    return (this.stage ?? this.steps).make(item, attempt);
  }

  /** Why an item that has an answer needs another one; undefined when the stage is closed. */
  private async anew(item: BeforeItem): Promise<Again | undefined> {
    const gate = this.letCorrect(item);
    const isOver = (): boolean => this.closed || (gate !== undefined && this.desk.outcomeAt(gate) !== undefined);
    const validFor = validityOf(item);
    const inTime = validFor
      ? await condition(isOver, validFor.ms, { summary: `${item.title}: its answer counts for ${validFor.planned}` })
      : await condition(isOver).then(() => true);
    const correction = gate && this.desk.endCorrection(gate);
    if (correction?.kind === 'answered') return { answer: correction };
    return inTime ? undefined : { why: tooOld(item) };
  }

  /** Only what a person answered can be corrected; a check is made again when it has grown too old. */
  private letCorrect(item: BeforeItem): Gate | undefined {
    const answered = this.record.facts.steps.findLast((step) => step.id === item.id);
    if (item.kind !== 'attest' || !answered) return undefined;
    const gate = openAttestation(this.context, item, answered.address);
    this.record.letCorrect(gate);
    return gate;
  }

  /** Resolves when every item has a good answer and, where somebody must approve that, they have. */
  private async close(): Promise<void> {
    const { approval } = this.context.input.phase;
    do {
      await this.stage?.over();
      await condition(() => this.open.size === 0);
      await this.stage?.undisputed();
    } while (approval && !(await this.approved(approval)));
    this.closed = true;
  }

  private async approved(spec: ApprovalSpec): Promise<boolean> {
    const asking = new CancellationScope();
    const { length: before } = this.renewed;
    // A correction may be good at once: then no item is open when anybody looks.
    const renewed = (): boolean => this.renewed.length > before;
    const ask = (): Promise<void> =>
      asking.run(() =>
        this.steps.attempts(approvalStep(this.context.input.phase), 'approval', (attempt) =>
          approve(this.context, this.record, this.desk, spec, attempt)
        )
      );
    const watch = async (): Promise<void> => {
      await condition(renewed);
      asking.cancel();
    };
    try {
      await beside(ask, watch);
      return !renewed();
    } catch (error) {
      if (!renewed() || !isCancellation(error)) throw error;
      const items = this.renewed.slice(before).join(', ');
      const step = this.record.facts.steps.findLast((one) => one.part === 'approval');
      if (step) this.record.mark(step, { state: 'failed', reason: `void: ${items} had to be answered anew` });
      return false;
    }
  }

  /**
   * One message for all that is owed, again and again; never one for each item. Checklists may take weeks, and each
   * reminder costs events, so they become rarer, down to one a day.
   */
  private async remind(): Promise<void> {
    const every = Math.min(
      ...this.items.flatMap((item) => (item.kind === 'attest' && item.remindEvery ? [item.remindEvery.ms] : []))
    );
    if (!Number.isFinite(every)) return;
    await this.tell('attestation');
    // What is asked in a stage of the validation is due at its end: nobody is late before.
    await this.stage?.over();
    for (let times = 1; ; times += 1) {
      const pause = patienceMs(times, every, day);
      await sleep(pause, { summary: `Next reminder of what is owed: ${spanText(pause)}` });
      await this.tell('reminder');
    }
  }

  private async tell(kind: 'attestation' | 'reminder'): Promise<void> {
    // The items are being opened in this very moment.
    if (kind === 'attestation') await condition(() => this.record.facts.gates.length > 0);
    const items = this.record.facts.gates.filter((gate) => gate.kind === 'attestation');
    if (items.length === 0) return;
    const owed = owedBy(items);
    const { run, environment, phase } = this.context.input;
    await announce(run, environment, {
      kind,
      title: `${phase.title}: ${counted(items.length, 'item')} to answer`,
      text: `${owed.map(({ who, addresses }) => `${who}: ${addresses.join(', ')}`).join('; ')}. Run: ${run.workflowId}.`,
      to: [...new Set(owed.flatMap(({ people }) => people))],
    });
  }
}
