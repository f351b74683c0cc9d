import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  defineQuery,
  isCancellation,
  setHandler,
  setWorkflowOptions,
  sleep,
} from '@temporalio/workflow';
import { rollbackWorkflowId } from '../plan/names.js';
import type { PhaseInput } from '../plan/run-input.js';
import type { PhaseResult, PhaseStatus } from '../plan/run-status.js';
import { instantText } from '../plan/text/spans.js';
import { statusQuery } from '../plan/wire.js';
import { environmentCalls, host } from './activities.js';
import { onMessage, refused } from './messages.js';
import { Approvals } from './phase/approval.js';
import { baselineOf } from './phase/baseline.js';
import { PhaseContext } from './phase/context.js';
import { Desk } from './phase/desk.js';
import { Holds } from './phase/holds.js';
import { PhaseRecord } from './phase/record.js';
import { Steps } from './phase/steps.js';
import { PhaseStopped, type Stop } from './phase/stop.js';
import { Windows } from './phase/windows.js';
import { takeBack } from './take-back.js';

setWorkflowOptions({ versioningBehavior: 'PINNED' }, deploymentPhase);

/**
 * One phase: wait for its days, check what must be true before, change production step by step, hold it against the
 * success criteria, ask for approval, soak. Whatever stops it, a failed step, a person's rollback or a Temporal
 * cancel, takes back what the phase changed, in a scope that cancellation does not reach.
 *
 * Fails with an ApplicationFailure of the outcome's kind and the PhaseResult as its detail, so that the Temporal UI
 * shows a phase that did not pass as failed.
 */
export async function deploymentPhase(input: PhaseInput): Promise<PhaseResult> {
  const context = new PhaseContext(input, environmentCalls(input.environment.id));
  const record = new PhaseRecord(input);
  const desk = new Desk(context, record);
  const story = new CancellationScope();
  let stopped: Stop | undefined;
  const stop = (reason: Stop): void => {
    stopped ??= reason;
    story.cancel();
  };
  setHandler(defineQuery<PhaseStatus>(statusQuery), () => record.status, {
    description: 'Everything known about this phase.',
  });
  desk.listen();
  listenToRunCommands(input, record, stop);

  try {
    await story.run(() => tell(context, record, desk));
    record.end('completed');
    await CancellationScope.nonCancellable(() => condition(allHandlersFinished));
    return result(record, { verdict: 'PASS', reason: 'all criteria held and people approved', reach: 'phase' });
  } catch (error) {
    const reason = stopped ?? stopOf(error);
    if (!reason) throw error;
    return await CancellationScope.nonCancellable(() => end(input, record, reason));
  }
}

/** The phase as the release manager would tell it. */
async function tell(context: PhaseContext, record: PhaseRecord, desk: Desk): Promise<void> {
  const { phase } = context.input;
  const holds = new Holds(context, record, desk);
  const windows = new Windows(context, record, holds);
  const steps = new Steps(context, record, desk, holds, windows);

  await daysToBegin(context, record);

  // Stability looks far back and may wait long; what is checked "before" must be fresh when the first change comes.
  const [stable, rest] = [phase.before.filter(isStable), phase.before.filter((item) => !isStable(item))];
  await together(stable.map((item) => () => steps.run(item, 'before')));
  await together(rest.map((item) => () => steps.run(item, 'before')));
  await baselineOf(context, record, steps);

  for (const step of phase.steps) await steps.run(step, 'steps');

  if (phase.success) {
    const { success } = phase;
    const criteria = { id: 'success', title: 'Success criteria', kind: 'watch', onFail: 'rollback' as const };
    await steps.attempts(criteria, 'success', (attempt) => windows.watch(attempt, steps.now(success)));
  }
  await together(phase.successChecks.map((item) => () => steps.run(item, 'success')));

  if (phase.approval) {
    const { approval } = phase;
    const approvals = new Approvals(context, record, desk);
    const asked = {
      id: 'approval',
      title: `Approval of ${phase.title}`,
      kind: 'approval',
      onFail: 'rollback' as const,
    };
    await steps.attempts(asked, 'approval', (attempt) => approvals.ask(approval, attempt));
  }
  if (phase.soak) {
    const { soak } = phase;
    const soaked = { id: 'soak', title: `Soak for ${soak.length.planned}`, kind: 'watch', onFail: 'rollback' as const };
    await steps.attempts(soaked, 'soak', (attempt) => windows.watch(attempt, steps.now(soak)));
  }
}

function isStable(item: PhaseInput['phase']['before'][number]): boolean {
  return item.kind === 'check' && item.check.type === 'stable';
}

async function daysToBegin(context: PhaseContext, record: PhaseRecord): Promise<void> {
  const { phase, run, environment } = context.input;
  if (!phase.schedule) return;
  const opening = await host.scheduleOpening.executeWithOptions({ summary: `When do the days of ${phase.id} begin?` }, [
    {
      schedule: phase.schedule,
      runStartedAt: run.startedAt,
      timeZone: environment.timeZone,
      ...(environment.compression ? { compression: environment.compression } : {}),
    },
  ]);
  if (opening.opensAt <= Date.now()) return;
  record.facts.opensAt = opening.opensAt;
  record.publish();
  await sleep(opening.opensAt - Date.now(), { summary: `${opening.text}: ${instantText(opening.opensAt)}` });
}

/** Runs items side by side; the first that stops the phase stops the others, and all have ended before this ends. */
async function together(items: Array<() => Promise<void>>): Promise<void> {
  await CancellationScope.cancellable(async () => {
    const scope = CancellationScope.current();
    let first: unknown;
    await Promise.all(
      items.map(async (item) => {
        try {
          await item();
        } catch (error) {
          first ??= error;
          scope.cancel();
        }
      })
    );
    if (first !== undefined) throw first;
  });
}

function listenToRunCommands(input: PhaseInput, record: PhaseRecord, stop: (reason: Stop) => void): void {
  const knows = (by: string): boolean => input.environment.people.some((person) => person.name === by);
  const check = ({ by }: { by: string }): { code: string; reason: string } | undefined =>
    knows(by) ? undefined : { code: 'PG204', reason: `${by} is not one of this environment's people` };
  onMessage('pause', record.refusals, {
    check,
    take: async ({ by, reason }) => {
      const repeated = record.facts.paused !== undefined;
      record.facts.paused ??= { by, ...(reason === undefined ? {} : { reason }), at: Date.now() };
      record.publish();
      return { message: `paused by ${record.facts.paused.by} before the next step`, repeated };
    },
  });
  onMessage('resume', record.refusals, {
    check,
    take: async ({ by }) => {
      const repeated = record.facts.paused === undefined;
      delete record.facts.paused;
      record.publish();
      return { message: repeated ? 'it was not paused' : `resumed by ${by}`, repeated };
    },
  });
  onMessage('rollback', record.refusals, {
    check: (message) => {
      if (message.phase !== undefined && message.phase.toLowerCase() !== input.phase.id) {
        return { code: 'PG209', reason: `this is phase ${input.phase.id}, not ${message.phase}` };
      }
      return check(message);
    },
    take: async ({ by, reason, phase }) => {
      if (record.state === 'completed')
        throw refused({ code: 'PG208', reason: 'this phase has completed: send the rollback to the run' });
      const repeated = record.state === 'rolling back';
      stop({ reason: `${by} asked for it: ${reason}`, reach: phase === undefined ? 'all' : 'phase' });
      return { message: `rolling back ${phase ?? 'everything'}`, repeated };
    },
  });
}

function stopOf(error: unknown): Stop | undefined {
  if (error instanceof PhaseStopped) return error.stop;
  return isCancellation(error) ? { reason: 'a Temporal cancel asked for it', reach: 'all' } : undefined;
}

async function end(input: PhaseInput, record: PhaseRecord, stop: Stop): Promise<never> {
  record.abandonRunning(stop.reason);
  const { ledger } = record.facts;
  if (ledger.length === 0) {
    record.end('failed');
    return fail(record, 'failed', { verdict: 'FAIL', ...stop });
  }
  record.facts.rollback = rollbackWorkflowId(input.run.workflowId, input.phase.id);
  record.end('rolling back');
  const rollback = await takeBack(input, { name: input.phase.id, entries: ledger, reason: stop.reason });
  record.end('rolled back');
  return fail(record, rollback.verified ? 'rolled-back-verified' : 'rolled-back-not-verified', {
    verdict: 'FAIL',
    ...stop,
    rollback,
  });
}

async function fail(
  record: PhaseRecord,
  type: string,
  facts: Pick<PhaseResult, 'verdict' | 'reason' | 'reach' | 'rollback'>
): Promise<never> {
  await condition(allHandlersFinished);
  throw ApplicationFailure.create({
    message: `${type}: ${facts.reason}`,
    type,
    nonRetryable: true,
    details: [result(record, facts)],
  });
}

function result(
  record: PhaseRecord,
  facts: Pick<PhaseResult, 'verdict' | 'reason' | 'reach' | 'rollback'>
): PhaseResult {
  const { ledger } = record.facts;
  return {
    ...facts,
    ledger: facts.rollback?.verified ? [] : ledger,
    changed: ledger.length > 0,
    completedAt: Date.now(),
    status: record.status,
  };
}
