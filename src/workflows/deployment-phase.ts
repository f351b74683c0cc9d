import { CancellationScope, defineQuery, setHandler, setWorkflowOptions } from '@temporalio/workflow';
import type { PhaseInput } from '../plan/run-input.js';
import type { PhaseResult, PhaseStatus } from '../plan/run-status.js';
import { statusQuery } from '../plan/wire.js';
import { together } from './beside.js';
import { Minutes } from './minutes.js';
import { Answers } from './phase/answers.js';
import { approve } from './phase/approval.js';
import { listenToCommands, listenToEmergency } from './phase/commands.js';
import { Checklists } from './phase/checklists.js';
import { PhaseContext } from './phase/context.js';
import { Desk } from './phase/desk.js';
import { endPhase } from './phase/ending.js';
import { Holds } from './phase/holds.js';
import { tellRun } from './phase/news.js';
import { Readiness } from './phase/readiness.js';
import { PhaseRecord } from './phase/record.js';
import { RollbackApproval } from './phase/rollback-approval.js';
import { PhaseSchedule } from './phase/schedule.js';
import { approvalStep, Steps } from './phase/steps.js';
import { Brake, type Stop } from './phase/stop.js';
import { Validation } from './phase/validation.js';
import { Windows } from './phase/windows.js';

setWorkflowOptions({ versioningBehavior: 'PINNED' }, deploymentPhase);

/**
 * One phase: wait for its days and hours, check what must be true before, change production step by step, hold it against the
 * success criteria, ask for approval, soak. Whatever stops it, a failed step, a person's rollback or a Temporal
 * cancel, takes back what the phase changed, in a scope that cancellation does not reach.
 *
 * Fails with an ApplicationFailure of the outcome's kind and the PhaseResult as its detail, so that the Temporal UI
 * shows a phase that did not pass as failed.
 */
export async function deploymentPhase(input: PhaseInput): Promise<PhaseResult> {
  const context = new PhaseContext(input);
  const record = new PhaseRecord(input);
  const minutes = new Minutes(input.environment.id);
  const desk = new Desk(input, record, minutes);
  const story = new CancellationScope();
  const brake = new Brake(story);
  setHandler(defineQuery<PhaseStatus>(statusQuery), () => record.status, {
    description: 'Everything known about this phase.',
  });
  new Answers(context, record, desk).listen();
  const requests = new RollbackApproval(context, record, desk, brake);
  listenToCommands(input, record, brake, requests);
  listenToEmergency(brake);
  record.inbox.refuseOthers();
  void tellRun(record, input.run.workflowId);

  let stop: Stop | undefined;
  try {
    await story.run(() => tell(context, record, desk, brake, requests));
    // What the story did last may have been finished in spite of the cancel.
    stop = brake.stop;
  } catch (error) {
    stop = brake.stopFor(error);
    if (!stop) throw error;
  }
  return CancellationScope.nonCancellable(() => endPhase(input, record, minutes, brake, requests, stop));
}

/** The phase as the release manager would tell it. */
async function tell(
  context: PhaseContext,
  record: PhaseRecord,
  desk: Desk,
  brake: Brake,
  requests: RollbackApproval
): Promise<void> {
  const { phase } = context.input;
  const { success, successChecks, approval, soak } = phase;
  const holds = new Holds(context, record, desk);
  const windows = new Windows(context, record, holds);
  const steps = new Steps(context, record, desk, holds, windows);
  if (phase.stage) {
    const stage = new Validation(context, record, steps, windows, requests, phase.stage);
    await stage.begin();
    return new Checklists(context, record, desk, steps, stage).run();
  }
  if (phase.checklists) return new Checklists(context, record, desk, steps).run();
  const readiness = new Readiness(context, record, steps, new PhaseSchedule(context, record, steps, brake));

  for (const step of phase.steps) {
    await readiness.before(step);
    await steps.goOn();
    await steps.run(step, 'steps');
  }
  readiness.end();

  if (success) await steps.attempts(successWindow, 'success', (attempt) => steps.watch(success, attempt));
  await together(successChecks.map((item) => () => steps.run(item, 'success')));
  if (approval) {
    await steps.attempts(approvalStep(phase), 'approval', (attempt) =>
      approve(context, record, desk, approval, attempt)
    );
  }
  if (soak) {
    const soaked = { ...soakWindow, title: `Soak for ${soak.length.planned}` };
    await steps.attempts(soaked, 'soak', (attempt) => steps.watch(soak, attempt));
  }
}

/** The parts of a phase that the plan does not list as steps. */
const successWindow = { id: 'success', title: 'Success criteria', kind: 'watch', onFail: 'rollback' } as const;
const soakWindow = { id: 'soak', kind: 'watch', onFail: 'rollback' } as const;
