import { CancellationScope, isCancellation } from '@temporalio/workflow';
import type { CaptureFlagsResult } from '../../activities/contract.js';
import type { RemovedFlag } from '../../plan/cleanup/course.js';
import type { RemoveFlagsTask } from '../../plan/model.js';
import type { EvidenceRef } from '../../plan/run-facts.js';
import type { CleanupInput } from '../../plan/run-input.js';
import type { StepRecord } from '../../plan/run-status.js';
import { instantText } from '../../plan/text/spans.js';
import { environmentCalls } from '../activities.js';
import { announce } from '../announce.js';
import { verdictOf, type StepOutcome } from '../phase/attempt.js';
import { atItsEnd } from '../simulated-end.js';
import { sliceEnvironment } from '../slice.js';
import type { CleanupRecord } from './record.js';
import { underLock, type Removed } from './under-lock.js';

const minute = 60_000;
const stopped = 'the clean-up was cancelled';

interface Asked {
  task: RemoveFlagsTask;
  step: StepRecord;
}

/**
 * Removes flags when that is safe: each is on for everybody, has been so for the time that the plan names, and was
 * never read as off in it. Whatever is not so, or was not measured, refuses the removal, and the task stays open.
 * Looking back may take days: it holds no locks, and a cancellation ends it. From the locks on, which is seconds, the
 * removal goes through: captured again, recorded, removed and read back; from the record on the run has no way back.
 *
 * @throws CancelledFailure when the clean-up was cancelled before anything was removed
 */
export async function removeFlags(input: CleanupInput, record: CleanupRecord, asked: Asked): Promise<void> {
  const { task, step } = asked;
  const { run, environment } = input;
  const evidence: EvidenceRef[] = [];
  const root = CancellationScope.current();
  const removal = new Removal(input, record, asked, evidence);
  const remove = (): Promise<Removed> =>
    CancellationScope.nonCancellable(() =>
      underLock(input, task, () => removal.remove(() => root.consideredCancelled))
    );
  let refusal: string | undefined;
  let left: string | undefined;
  try {
    refusal = await removal.check();
    if (refusal === undefined) ({ refusal, left } = await remove());
  } catch (error) {
    if (isCancellation(error))
      record.mark(step, { state: 'failed', verdict: 'HOLD', reason: `PG452 ${stopped}`, evidence });
    throw error;
  }
  if (refusal === undefined) {
    const gone = record.state.removed.filter(({ key }) => task.keys.includes(key)).map(({ key }) => key);
    const done = gone.length > 0 ? `removed and read back: ${gone.join(', ')}` : 'all were gone already';
    record.mark(step, { state: 'passed', verdict: 'PASS', reason: joined(done, left), evidence });
    return;
  }
  const reason = `PG452 ${joined(refusal, left)}`;
  const people = step.answer ? [step.answer.by] : [];
  record.mark(step, { state: 'failed', verdict: 'HOLD', reason, evidence });
  await announce(run, environment, {
    kind: 'hold',
    address: step.address,
    title: `${task.title}: not done`,
    text: `${reason}. The task stays open; answer it again when that is mended. Run: ${run.workflowId}.`,
    to: people,
  });
}

function joined(...parts: Array<string | undefined>): string {
  return parts.filter((part) => part !== undefined).join('; ');
}

/** One attempt; each step says in words why it cannot go on, or nothing. */
class Removal {
  private readonly input: CleanupInput;
  private readonly record: CleanupRecord;
  private readonly asked: Asked;
  private readonly evidence: EvidenceRef[];
  private checked: CaptureFlagsResult | undefined;

  constructor(input: CleanupInput, record: CleanupRecord, asked: Asked, evidence: EvidenceRef[]) {
    this.input = input;
    this.record = record;
    this.asked = asked;
    this.evidence = evidence;
  }

  /** Whether it is safe; it changes nothing. */
  async check(): Promise<string | undefined> {
    const captured = await this.capture();
    if (!('flags' in captured) || captured.verdict !== 'PASS') return captured.reason;
    this.checked = captured;
    if (captured.flags.length === 0) return undefined;
    return this.tooSoon(captured) ?? (await this.readAsOff(captured.endedAt));
  }

  /**
   * Only when it is safe, and under lock. First it says that it begins, then it looks once more at the flags and at
   * whether it was stopped: whoever takes the run back ends the clean-up first, and then looks whether a removal has
   * begun. A cancellation that came before that could be seen has arrived by the end of this look.
   */
  async remove(isStopped: () => boolean): Promise<string | undefined> {
    const before = this.record.state.removed;
    if (this.checked) this.begin(this.checked);
    const captured = await this.capture();
    const safe = 'flags' in captured && captured.verdict === 'PASS' ? captured : undefined;
    const refusal = safe ? (this.unchecked(safe) ?? (isStopped() ? stopped : undefined)) : captured.reason;
    if (!safe || refusal !== undefined) {
      this.record.markRemoved(before);
      return refusal;
    }
    // What is removed is what was captured last.
    this.begin(safe);
    const removed = safe.flags.length > 0 ? await this.takeOut(safe) : undefined;
    const problem = await this.readBack();
    return problem === undefined ? undefined : joined(removed, problem);
  }

  private async capture(): Promise<CaptureFlagsResult | StepOutcome> {
    return this.note(
      await verdictOf(() =>
        this.calls.reads.captureFlags.executeWithOptions({ summary: 'Are the flags on for everybody?' }, [
          { origin: this.origin, keys: this.asked.task.keys, environment: this.flagSystem },
        ])
      )
    );
  }

  /** Each against the instant at which it was looked at, which is the activity's (decision 009). */
  private tooSoon({ flags, endedAt }: CaptureFlagsResult): string | undefined {
    const { length } = this.asked.task.unread;
    const { exposedSince, completedAt } = this.input;
    const soon = flags.flatMap(({ key }) => {
      const since = exposedSince[key] ?? completedAt;
      return endedAt - since < length.ms ? [`${key} until ${instantText(since + length.ms)}`] : [];
    });
    return soon.length > 0 ? `at 100 % for less than ${length.planned}: ${soon.join(', ')}` : undefined;
  }

  private unchecked({ flags }: CaptureFlagsResult): string | undefined {
    const known = this.checked?.flags.map(({ key }) => key) ?? [];
    const others = flags.flatMap(({ key }) => (known.includes(key) ? [] : [key]));
    return others.length > 0 ? `not there when it was checked whether they are read: ${others.join(', ')}` : undefined;
  }

  /** Looks back; a metrics page has no memory, so that there it is watched from now on. */
  private async readAsOff(now: number): Promise<string | undefined> {
    const { unread: spec } = this.asked.task;
    const { environment } = this.input;
    const metrics = spec.criteria.map(({ metric }) => metric);
    const remembers = environment.metrics.provider !== 'endpoint';
    const longest = 2 * spec.deadline.ms + 10 * minute;
    const found = this.note(
      await verdictOf(() =>
        atItsEnd(
          this.calls
            .windows(longest)
            .watchWindow.executeWithOptions({ summary: `Was a flag read as off in the last ${spec.length.planned}?` }, [
              {
                origin: this.origin,
                spec,
                t0: remembers ? now - spec.length.ms : now,
                environment: sliceEnvironment(environment, { metrics }),
                ownBase: true,
              },
            ])
        )
      )
    );
    return found.verdict === 'PASS' ? undefined : `${found.verdict ?? 'HOLD'}: ${found.reason}`;
  }

  /** From here on nobody can tell that the flags are still there. */
  private begin({ flags, endedAt, evidence }: CaptureFlagsResult): void {
    const begun = flags.map(({ key }): RemovedFlag => ({ key, at: endedAt, state: 'removing', evidence }));
    if (begun.length === 0) return;
    const keys = flags.map(({ key }) => key);
    this.record.markRemoved([...this.record.state.removed.filter(({ key }) => !keys.includes(key)), ...begun]);
  }

  /** Why it could not be done; how far it came is read back in any case. */
  private async takeOut({ flags }: CaptureFlagsResult): Promise<string | undefined> {
    const found = this.note(
      await verdictOf(() =>
        this.calls
          .changes(5 * minute)
          .removeFlags.executeWithOptions({ summary: this.asked.task.title.slice(0, 180) }, [
            { origin: this.origin, flags, environment: this.flagSystem },
          ])
      )
    );
    return found.verdict === 'PASS' ? undefined : found.reason;
  }

  private async readBack(): Promise<string | undefined> {
    const { keys } = this.asked.task;
    const found = this.note(
      await verdictOf(() =>
        this.calls.reads.verifyRemoval.executeWithOptions({ summary: 'Are the flags gone?' }, [
          { origin: this.origin, keys, environment: this.flagSystem },
        ])
      )
    );
    if (!('left' in found)) return `begun, and not read back: ${found.reason}`;
    const { left, endedAt } = found;
    const known = this.record.state.removed.filter(({ key }) => !left.includes(key));
    const settled = known.map((one): RemovedFlag =>
      one.state === 'removing' && keys.includes(one.key) ? { ...one, state: 'removed', at: endedAt } : one
    );
    if (this.record.state.removed.length > 0) this.record.markRemoved(settled);
    return left.length > 0 ? found.reason : undefined;
  }

  private note<T extends { evidence?: EvidenceRef | EvidenceRef[] }>(found: T): T {
    if (found.evidence) this.evidence.push(...[found.evidence].flat());
    return found;
  }

  private get calls(): ReturnType<typeof environmentCalls> {
    return environmentCalls(this.input.environment.id);
  }

  private get origin(): { run: string; address: string; title: string } {
    const { step, task } = this.asked;
    return { run: this.input.run.workflowId, address: step.address, title: task.title };
  }

  private get flagSystem(): CleanupInput['environment'] {
    return sliceEnvironment(this.input.environment, { flags: true });
  }
}
