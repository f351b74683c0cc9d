import { tsToMs } from '@temporalio/common/lib/time.js';
import { coresdk } from '@temporalio/proto';
import {
  Execution,
  pack,
  unpack,
  type Command,
  type End,
  type Failure,
  type Task,
  type Workflow,
} from './execution.js';
import { activityFailure, cancelled, childFailure, refusal, terminated } from './failures.js';
import { interceptors } from '../../../../src/workflows/interceptors.js';

type Activator = Parameters<Parameters<Execution['activate']>[1]>[0];
/** What became of an activity. */
export type Ending = { result: unknown } | { failure: Failure };
/** What became of an Update; empty while it is under way. */
export interface UpdateAnswer {
  result?: unknown;
  /** Code and reason of a refusal. */
  refused?: { code: string; reason: string };
}

const { ParentClosePolicy } = coresdk.child_workflow;
const { ActivityCancellationType } = coresdk.workflow_commands;

/**
 * FAKE: the part of a Temporal server that the order of things depends on, in one process and on a clock that moves
 * only when told. Nothing happens by itself but what `instant` answers: whoever drives it chooses the interleaving.
 */
export class LittleTemporal {
  now = Date.UTC(2026, 10, 22, 10, 0, 0);
  readonly executions: Execution[] = [];
  /** Timers up to this long fire at once, in their order, and take no time. */
  shortMs = 0;
  /** No worker is there: what happens waits for `back`. */
  away = false;
  private readonly workflows: Record<string, Workflow>;
  private readonly instant: (task: Task) => Ending | undefined;
  private readonly jobs: Array<{ execution: Execution; job: (activator: Activator) => void; message?: true }> = [];
  private readonly shorts: Array<{ execution: Execution; seq: number }> = [];
  private readonly updates = new Map<string, UpdateAnswer>();

  /** @param instant answers activities that nobody needs to wait for */
  constructor(workflows: Record<string, Workflow>, instant: (task: Task) => Ending | undefined) {
    this.workflows = workflows;
    this.instant = instant;
  }

  get open(): Execution[] {
    return this.executions.filter((execution) => execution.end === undefined);
  }

  /** Activities that wait for their end, oldest first. */
  get tasks(): Task[] {
    return this.open.flatMap((execution) => [...execution.tasks.values()]);
  }

  find(workflowId: string): Execution | undefined {
    return this.executions.findLast((execution) => execution.identity.workflowId === workflowId);
  }

  async start(type: string, workflowId: string, input: unknown): Promise<Execution> {
    const execution = this.begin(type, workflowId, [pack(input)]);
    await this.settle();
    return execution;
  }

  /** A message to a closed execution is lost, as on a server. */
  async signal(workflowId: string, name: string, payload: unknown): Promise<void> {
    this.deliver(workflowId, name, [pack(payload)]);
    await this.settle();
  }

  async update(workflowId: string, name: string, payload: unknown): Promise<UpdateAnswer> {
    const execution = this.find(workflowId);
    const answer: UpdateAnswer = {};
    if (!execution || execution.end) return { refused: { code: 'closed', reason: 'the execution has ended' } };
    const id = `update-${this.updates.size}`;
    this.updates.set(id, answer);
    const update = { id, protocolInstanceId: id, name, headers: {}, input: [pack(payload)], runValidator: true };
    this.jobs.push({ execution, job: (activator) => activator.doUpdate(update as never), message: true });
    await this.settle();
    return answer;
  }

  async cancel(workflowId: string): Promise<void> {
    const execution = this.find(workflowId);
    if (execution && !execution.end) this.requestCancel(execution);
    await this.settle();
  }

  async terminate(workflowId: string): Promise<void> {
    const execution = this.find(workflowId);
    if (execution && !execution.end) this.close(execution, { how: 'terminated', failure: terminated });
    await this.settle();
  }

  async finish(task: Task, ending: Ending): Promise<void> {
    this.conclude(task, ending);
    await this.settle();
  }

  /** Lets time pass, every timer at its instant. */
  async advance(ms: number): Promise<void> {
    const until = this.now + ms;
    for (;;) {
      const [next] = this.timers().filter(({ at }) => at <= until);
      if (!next) break;
      this.now = Math.max(this.now, next.at);
      next.execution.timers.delete(next.seq);
      this.fire(next);
      await this.settle();
    }
    this.now = until;
  }

  /**
   * A worker sees what it missed, messages first, as the SDK hands them to workflows.
   *
   * @param clock what the workflow's clock shows for it (decision 009)
   */
  async back(clock = this.now): Promise<void> {
    this.away = false;
    const missed = this.jobs.splice(0).toSorted((a, b) => Number(b.message ?? false) - Number(a.message ?? false));
    for (const { execution, job } of missed) await this.task(execution, job, clock);
    await this.settle();
  }

  /** How long until the next timer fires; undefined when none runs. */
  get untilNextTimer(): number | undefined {
    const [next] = this.timers();
    return next && Math.max(0, next.at - this.now);
  }

  private timers(): Array<{ execution: Execution; seq: number; at: number }> {
    const all = this.open.flatMap((execution) => [...execution.timers].map(([seq, at]) => ({ execution, seq, at })));
    return all.sort((a, b) => a.at - b.at);
  }

  private begin(type: string, workflowId: string, args: ReturnType<typeof pack>[]): Execution {
    const workflow = this.workflows[type];
    if (!workflow) throw new Error(`no workflow is called ${type}`);
    const runId = `run-${this.executions.length + 1}`;
    const identity = { type, workflowId, runId, input: unpack(args[0]), startedAt: this.now };
    const execution = new Execution(identity, workflow);
    this.executions.push(execution);
    this.jobs.push({
      execution,
      job: (activator) => activator.startWorkflow({ arguments: args, headers: {} } as never),
    });
    return execution;
  }

  private async settle(): Promise<void> {
    while (!this.away) {
      const next = this.jobs.shift();
      if (next) await this.task(next.execution, next.job);
      else if (!this.fireShort()) return;
    }
  }

  private async task(execution: Execution, job: (activator: Activator) => void, clock = this.now): Promise<void> {
    if (execution.end) return;
    for (const command of await execution.activate(clock, job)) this.obey(execution, command);
  }

  private fireShort(): boolean {
    const next = this.shorts.shift();
    if (!next) return false;
    if (next.execution.timers.delete(next.seq)) this.fire(next);
    return true;
  }

  private fire({ execution, seq }: { execution: Execution; seq: number }): void {
    this.jobs.push({ execution, job: (activator) => activator.fireTimer({ seq } as never) });
  }

  private obey(execution: Execution, command: Command): void {
    if (command.startTimer) {
      const { seq, startToFireTimeout } = command.startTimer;
      const ms = tsToMs(startToFireTimeout);
      execution.timers.set(seq ?? 0, this.now + ms);
      if (ms <= this.shortMs) this.shorts.push({ execution, seq: seq ?? 0 });
    } else if (command.cancelTimer) execution.timers.delete(command.cancelTimer.seq ?? 0);
    else if (command.scheduleActivity) this.schedule(execution, command.scheduleActivity);
    else if (command.requestCancelActivity) this.cancelTask(execution, command.requestCancelActivity.seq);
    else if (command.startChildWorkflowExecution) this.startChild(execution, command.startChildWorkflowExecution);
    else if (command.cancelChildWorkflowExecution) {
      const seq = command.cancelChildWorkflowExecution.childWorkflowSeq;
      const child = this.open.find(({ parent }) => parent?.execution === execution && parent.seq === seq);
      if (child) this.requestCancel(child);
    } else this.obeyOutwards(execution, command);
  }

  private obeyOutwards(execution: Execution, command: Command): void {
    if (command.signalExternalWorkflowExecution) {
      const { seq, workflowExecution, signalName, args } = command.signalExternalWorkflowExecution;
      const there = this.deliver(workflowExecution?.workflowId ?? '', signalName ?? '', args ?? []);
      const answer = { seq, ...(there ? {} : { failure: refusal('no such execution is open') }) };
      this.jobs.push({ execution, job: (activator) => activator.resolveSignalExternalWorkflow(answer as never) });
    } else if (command.requestCancelExternalWorkflowExecution) {
      const { seq, workflowExecution } = command.requestCancelExternalWorkflowExecution;
      const other = this.find(workflowExecution?.workflowId ?? '');
      const there = other !== undefined && other.end === undefined;
      if (there) this.requestCancel(other);
      const answer = { seq, ...(there ? {} : { failure: refusal('no such execution is open') }) };
      this.jobs.push({
        execution,
        job: (activator) => activator.resolveRequestCancelExternalWorkflow(answer as never),
      });
    } else if (command.updateResponse) {
      const { protocolInstanceId, rejected, completed } = command.updateResponse;
      const answer = this.updates.get(protocolInstanceId ?? '');
      if (answer && completed) answer.result = unpack(completed);
      if (answer && rejected) {
        answer.refused = { code: rejected.applicationFailureInfo?.type ?? '', reason: rejected.message ?? '' };
      }
    } else if (command.completeWorkflowExecution) {
      this.close(execution, { how: 'completed', result: unpack(command.completeWorkflowExecution.result) });
    } else if (command.failWorkflowExecution) {
      const failure = command.failWorkflowExecution.failure ?? {};
      const [detail] = failure.applicationFailureInfo?.details?.payloads ?? [];
      this.close(execution, { how: 'failed', failure, result: unpack(detail) });
    } else if (command.cancelWorkflowExecution) this.close(execution, { how: 'cancelled', failure: cancelled });
  }

  private cancelTask(execution: Execution, seq: number | null | undefined): void {
    const task = execution.tasks.get(seq ?? 0);
    if (task?.endsOnCancel) this.conclude(task, { failure: cancelled });
  }

  private schedule(execution: Execution, asked: coresdk.workflow_commands.IScheduleActivity): void {
    const { activityType, arguments: args, cancellationType } = asked;
    const task: Task = {
      execution,
      seq: asked.seq ?? 0,
      type: activityType ?? '',
      input: unpack(args?.[0]),
      endsOnCancel: (cancellationType ?? 0) === ActivityCancellationType.TRY_CANCEL,
    };
    execution.tasks.set(task.seq, task);
    execution.history[task.seq - 1] = { type: task.type };
    const ending = this.instant(task);
    if (ending) this.conclude(task, ending);
  }

  private conclude(task: Task, ending: Ending): void {
    const { execution, seq } = task;
    if (!execution.tasks.delete(seq)) return;
    const line = execution.history[seq - 1];
    if (line && 'result' in ending) line.result = ending.result;
    const result =
      'result' in ending
        ? { completed: { result: pack(ending.result) } }
        : {
            [ending.failure === cancelled ? 'cancelled' : 'failed']: { failure: activityFailure(task, ending.failure) },
          };
    this.jobs.push({ execution, job: (activator) => activator.resolveActivity({ seq, result } as never) });
  }

  private startChild(parent: Execution, asked: coresdk.workflow_commands.IStartChildWorkflowExecution): void {
    const { workflowId, workflowType, input, parentClosePolicy } = asked;
    const seq = asked.seq ?? 0;
    const existing = this.find(workflowId ?? '');
    const started = (answer: object): void =>
      void this.jobs.push({
        execution: parent,
        job: (activator) => activator.resolveChildWorkflowExecutionStart({ seq, ...answer } as never),
      });
    if (existing && !existing.end) {
      started({ failed: { workflowId, workflowType, cause: 1 } });
      return;
    }
    const child = this.begin(workflowType ?? '', workflowId ?? '', input ?? []);
    child.parent = { execution: parent, seq, onClose: parentClosePolicy ?? 0 };
    started({ succeeded: { runId: child.identity.runId } });
  }

  private deliver(workflowId: string, signalName: string, input: ReturnType<typeof pack>[]): boolean {
    const execution = this.find(workflowId);
    if (!execution || execution.end) return false;
    const signal = { signalName, input, headers: {} };
    // As a worker does it, which activates through them.
    const activation = { jobs: [{ signalWorkflow: signal }] };
    for (const one of interceptors().internals ?? []) one.activate?.({ activation, batchIndex: 0 }, () => undefined);
    this.jobs.push({ execution, job: (activator) => activator.signalWorkflow(signal as never), message: true });
    return true;
  }

  private requestCancel(execution: Execution): void {
    this.jobs.push({ execution, job: (activator) => activator.cancelWorkflow({} as never) });
  }

  private close(execution: Execution, end: End): void {
    execution.end = end;
    for (const child of this.open.filter((one) => one.parent?.execution === execution)) {
      if (child.parent?.onClose === ParentClosePolicy.PARENT_CLOSE_POLICY_REQUEST_CANCEL) this.requestCancel(child);
    }
    const { parent } = execution;
    if (!parent || parent.execution.end) return;
    const kind = end.how === 'terminated' ? 'failed' : end.how;
    const result =
      end.how === 'completed'
        ? { completed: { result: pack(end.result) } }
        : { [kind]: { failure: childFailure(execution, end.failure ?? {}) } };
    this.jobs.push({
      execution: parent.execution,
      job: (activator) => activator.resolveChildWorkflowExecution({ seq: parent.seq, result } as never),
    });
  }
}
