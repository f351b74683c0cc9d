import type { LedgerEntry } from '../../../../src/plan/change.js';
import { ledgerOf, runLedger, undoneBy, type ExecutionHistory } from '../../../../src/plan/ledger-history.js';
import { mergeLedgers } from '../../../../src/plan/ledger.js';
import type { Plan } from '../../../../src/plan/model.js';
import type { Gate, PhaseStatus, RollbackStatus, RunStatus } from '../../../../src/plan/run-status.js';
import { approval, environment, phase, plan, runInput, step, windowSpec } from '../../stage/plans.js';
import type { Execution, Task } from '../engine/execution.js';
import { LittleTemporal, type Ending } from '../engine/little-temporal.js';
import { deploymentPhase, migration, rollback } from '../engine/workflows.js';
import { crowd, starter } from '../gates/crowd.js';
import { ModelWorld, type Fortune } from '../world.js';

export const runId = 'migration/x/test-plan';
export const roles = { a: { lead: 1, ops: 1 }, b: { lead: 2 } } as const;

/** A deployment of the second phase that cannot be undone; the first phase moves `core`, too. */
export type Closed = 'core' | 'tools' | undefined;

/** Two phases that move one target both. */
export function planOf(closed: Closed): Plan {
  const more = (target: Closed): object => (closed === target ? { cannotUndo: 'the schema moves on' } : {});
  return plan(
    [
      phase('a', {
        before: [step.attest('team')],
        steps: [step.flag('x'), step.deploy('core'), step.check('smoke'), step.traffic('ramp', 'FLAG_X')],
        success: windowSpec(),
        approval: approval({ roles: roles.a, onExpiry: 'hold' }),
      }),
      phase('b', {
        steps: [
          step.deploy('core', { revision: 'v3', ...more('core') }),
          step.flag('y', { onFail: 'hold' }),
          step.deploy('tools', more('tools')),
        ],
        approval: approval({ roles: roles.b }),
      }),
    ],
    { rollback: { metrics: ['success'], window: windowSpec(), checks: [step.check('healthy')] } }
  );
}

/** A whole run with its family, and how to look at it. */
export class LifeRun {
  readonly world = new ModelWorld();
  readonly server = new LittleTemporal({ migration, deploymentPhase, rollback }, (task) => {
    if (task.type === 'readLedger') {
      const entries = mergeLedgers(this.historiesOf(task).map(({ activities }) => ledgerOf(activities)));
      return { result: { entries, askedBy: runId } };
    }
    if (task.type === 'readRollbacks') this.read.set(task, this.readRollbacks(task));
    return this.world.instant(task);
  });
  private readonly read = new Map<Task, Ending>();
  readonly plan: Plan;
  readonly environment = environment('x', { people: crowd, notify: [] });

  constructor(closed: Closed) {
    this.plan = planOf(closed);
  }

  async start(): Promise<void> {
    await this.server.start('migration', runId, runInput(this.plan, this.environment, starter));
  }

  get run(): Execution {
    const execution = this.server.find(runId);
    if (!execution) throw new Error('the run was not started');
    return execution;
  }

  of(type: 'deploymentPhase' | 'rollback'): Execution[] {
    return this.server.executions.filter((execution) => execution.identity.type === type);
  }

  get status(): RunStatus {
    return this.run.query('status');
  }

  get phases(): PhaseStatus[] {
    return this.of('deploymentPhase').map((execution) => execution.query('status'));
  }

  get rollbacks(): RollbackStatus[] {
    return this.of('rollback').map((execution) => execution.query('status'));
  }

  /** Gates of what is open, and where an answer to them goes. */
  get gates(): Array<{ gate: Gate; at: string }> {
    return this.server.open
      .filter(({ identity }) => identity.type !== 'migration')
      .flatMap((execution) => {
        const { gates } = execution.query<PhaseStatus | RollbackStatus>('status');
        return gates.map((gate) => ({ gate, at: execution.identity.workflowId }));
      });
  }

  /** How an activity ends. What is read of rollbacks may be old by the time it is told. */
  end(task: Task, fortune: Fortune): Ending {
    return this.read.get(task) ?? this.world.end(task, fortune);
  }

  /** What every execution captured, and what of it no rollback covers, as the client reads it. */
  get ledger(): { entries: LedgerEntry[]; open: LedgerEntry[] } {
    return runLedger([...this.of('deploymentPhase'), ...this.of('rollback')].map(historyOf));
  }

  private readRollbacks(task: Task): Ending {
    const executions = this.historiesOf(task);
    const { workflowId } = task.input as { workflowId: string };
    const open = this.server.open.some(({ identity }) => identity.workflowId === workflowId);
    const result = executions.at(-1)?.result;
    return { result: { undone: executions.flatMap(undoneBy), open, ...(result === undefined ? {} : { result }) } };
  }

  /** Of all executions of the workflow that an activity asks about. */
  private historiesOf({ input }: Task): ExecutionHistory[] {
    const { workflowId } = input as { workflowId: string };
    return this.server.executions.filter(({ identity }) => identity.workflowId === workflowId).map(historyOf);
  }

  /** `phasegate rollback`, once nothing of the run is at work any more. */
  async rollBackAgain(): Promise<void> {
    const { status, environment: frozen, plan: planned } = this;
    const run = {
      workflowId: runId,
      runId: this.run.identity.runId,
      planId: planned.id,
      planTitle: planned.title,
      digest: status.plan.digest,
      startedBy: starter,
      startedAt: status.startedAt,
    };
    const rest = { reason: 'again', rollback: planned.rollback, alone: true };
    const input = { schemaVersion: 1, run, entries: this.ledger.open, environment: frozen, ...rest };
    await this.server.start('rollback', `${runId}/rollback/again-${this.of('rollback').length}`, input);
  }
}

function historyOf({ identity, history, end }: Execution): ExecutionHistory {
  const { startedAt, input } = identity;
  return { startedAt, input, activities: history, ...(end?.result === undefined ? {} : { result: end.result }) };
}
