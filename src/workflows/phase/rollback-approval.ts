import { condition, isCancellation } from '@temporalio/workflow';
import { rollbackRequest } from '../../plan/names.js';
import type { ApprovalSpec } from '../../plan/model.js';
import { eligible } from '../../plan/quorum.js';
import { oneOf } from '../../plan/text/spans.js';
import type { StepRecord } from '../../plan/run-status.js';
import type { Answer } from '../../plan/wire.js';
import { announce } from '../announce.js';
import { approve } from './approval.js';
import type { PhaseContext } from './context.js';
import type { Desk } from './desk.js';
import type { PhaseRecord } from './record.js';
import type { Brake } from './stop.js';

/**
 * During the validation the migration is in use: who wants it taken back asks for it, and those whom the plan names must
 * agree. A Temporal cancel does not come here.
 */
export class RollbackApproval {
  private readonly context: PhaseContext;
  private readonly record: PhaseRecord;
  private readonly desk: Desk;
  private readonly brake: Brake;
  /** From the request until what came of it has its effect: nothing of the stage is over before. */
  pending = false;

  constructor(context: PhaseContext, record: PhaseRecord, desk: Desk, brake: Brake) {
    this.context = context;
    this.record = record;
    this.desk = desk;
    this.brake = brake;
  }

  /** Opens the approval and says whom it waits for. */
  request(spec: ApprovalSpec, by: string, reason: string): Answer {
    const { pending } = this;
    if (!pending) void this.ask(spec, by, reason);
    const { environment, run, phase } = this.context.input;
    const people = eligible(spec, environment.people, run.startedBy).map(({ name }) => name);
    const message = `nothing is taken back yet: ${oneOf(people)} must approve ${phase.id}/${rollbackRequest} first`;
    return { message, repeated: pending };
  }

  private async ask(spec: ApprovalSpec, by: string, reason: string): Promise<void> {
    this.pending = true;
    try {
      const title = `Take everything back: ${reason}`.slice(0, 180);
      const attempt = this.record.begin({ id: rollbackRequest, title, kind: 'approval' }, 'approval');
      const outcome = await approve(this.context, this.record, this.desk, spec, attempt, {
        reason: `${by} asks for it: ${reason}`,
        then: 'go on',
        // What makes production safe goes first.
        evenUnstored: true,
      });
      const passed = outcome.verdict === 'PASS';
      this.record.mark(attempt, { ...outcome, state: passed ? 'passed' : 'failed' });
      if (passed) this.brake.pull({ reason: `${by} asked for it: ${reason}; ${outcome.reason}`, reach: 'all' });
      else void this.tell(by, attempt, outcome.reason);
    } catch (error) {
      // The stage is being stopped by something else.
      if (!isCancellation(error)) throw error;
    } finally {
      this.pending = false;
    }
  }

  /** Whoever asked must not wait for what will not come. */
  private tell(by: string, { address, title }: StepRecord, reason: string): Promise<unknown> {
    const { run, environment } = this.context.input;
    return announce(run, environment, {
      kind: 'rollback',
      address,
      title: `NOT taken back: ${title}`,
      text: `${reason}. The stage goes on; whoever wants it all the same asks again. Run: ${run.workflowId}.`,
      to: [by],
    });
  }

  /** Resolves when no request is under way. */
  settled(): Promise<void> {
    return condition(() => !this.pending);
  }
}
