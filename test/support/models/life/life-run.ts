import type { LedgerEntry } from '../../../../src/plan/change.js';
import { ledgerOf, runLedger, undoneBy } from '../../../../src/plan/ledger-history.js';
import type { Plan } from '../../../../src/plan/model.js';
import type { Gate, PhaseStatus, RollbackStatus, RunStatus } from '../../../../src/plan/run-status.js';
import { approval, environment, phase, plan, runInput, step, windowSpec } from '../../stage/plans.js';
import type { Execution } from '../engine/execution.js';
import { LittleTemporal } from '../engine/little-temporal.js';
import { deploymentPhase, migration, rollback } from '../engine/workflows.js';
import { crowd, starter } from '../gates/crowd.js';
import { ModelWorld } from '../world.js';

export const runId = 'migration/x/test-plan';
export const roles = { a: { lead: 1, ops: 1 }, b: { lead: 2 } } as const;

/** Two phases that move one target both; `closed`: the second one also does what cannot be undone. */
export function planOf(closed: boolean): Plan {
  const more = closed ? { cannotUndo: 'the schema moves on' } : {};
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
          step.deploy('core', { revision: 'v3' }),
          step.flag('y', { onFail: 'hold' }),
          step.deploy('tools', more),
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
    const { workflowId } = task.input as { workflowId: string };
    const found = this.server.find(workflowId);
    const history = found?.history ?? [];
    if (task.type === 'readLedger') return { result: { entries: ledgerOf(history), askedBy: runId } };
    if (task.type !== 'readRollbacks') return this.world.instant(task);
    const execution = { startedAt: 0, input: found?.identity.input, activities: history };
    const result = found?.end?.result;
    return {
      result: { undone: undoneBy({ ...execution, ...(result ? { result } : {}) }), ...(result ? { result } : {}) },
    };
  });
  readonly plan: Plan;
  readonly environment = environment('x', { people: crowd, notify: [] });

  constructor(closed: boolean) {
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

  /** What every execution captured, and what of it no rollback covers, as the client reads it. */
  get ledger(): { entries: LedgerEntry[]; open: LedgerEntry[] } {
    return runLedger(
      [...this.of('deploymentPhase'), ...this.of('rollback')].map(({ identity, history, end }) => ({
        startedAt: identity.startedAt,
        input: identity.input,
        activities: history,
        ...(end?.result === undefined ? {} : { result: end.result }),
      }))
    );
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
