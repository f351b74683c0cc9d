import { expect } from 'vitest';
import type { PhaseStatus } from '../../../../src/plan/run-status.js';
import { rolesOf, seated, starter } from '../gates/crowd.js';
import { roles, runId, type LifeRun } from './life-run.js';

/** What must hold in the life of every run, and the little that has to be remembered to know it. */
export class LifeModel {
  /** Gate, person and decision of everybody who was identified while the gate was open. */
  readonly heard = new Set<string>();
  /** Runs and phases that were paused and not resumed, with what they had begun by then. */
  readonly paused = new Map<string, number>();

  /** After every command. */
  check(run: LifeRun): void {
    this.checkApprovals(run);
    this.checkPauses(run);
    this.checkUndos(run);
    for (const { state, undos } of run.rollbacks) {
      if (state === 'rolled back')
        for (const undo of undos) expect(['done', 'taken over', 'accepted']).toContain(undo.state);
    }
    const { outcome } = run.status;
    if (run.run.end?.how === 'completed') expect(outcome?.kind).toBe('completed');
    if (outcome?.kind === 'rolled-back-verified') this.checkVerified(run);
    if (outcome?.kind === 'failed') expect(run.ledger.open.map(({ phase }) => phase)).toEqual(this.kept(run));
  }

  pause(run: LifeRun, workflowId: string): void {
    if (!this.paused.has(workflowId)) this.paused.set(workflowId, begun(run, workflowId));
  }

  private checkApprovals(run: LifeRun): void {
    for (const { phase, steps, decisions } of run.phases) {
      for (const step of steps.filter(({ kind, state }) => kind === 'approval' && state === 'passed')) {
        const ours = decisions.filter(({ gate }) => gate === step.address);
        for (const { by, decision } of ours) expect(this.heard).toContain(`${step.address} ${by} ${decision}`);
        const people = [...new Set(ours.map(({ by }) => by))];
        expect(people).not.toContain(starter);
        expect(ours.filter(({ decision }) => decision === 'reject')).toEqual([]);
        expect(seated(roles[phase as 'a' | 'b'], people.map(rolesOf))).toBe(2);
      }
    }
  }

  /** Also of a phase that was terminated while its rollback was at work, and of a run that was rolled back again. */
  private checkUndos({ world }: LifeRun): void {
    expect(world.undone).toEqual([...new Set(world.undone)]);
  }

  private checkPauses(run: LifeRun): void {
    for (const [workflowId, before] of this.paused) {
      if (run.server.find(workflowId)?.end) this.paused.delete(workflowId);
      else expect(begun(run, workflowId)).toBe(before);
    }
  }

  private checkVerified(run: LifeRun): void {
    const kept = this.kept(run);
    for (const { phase, cannotUndo } of run.ledger.open) {
      expect(cannotUndo).toBeUndefined();
      expect(kept).toContain(phase);
    }
    if (run.ledger.open.length === 0) expect(run.world.changed).toEqual([]);
  }

  private kept(run: LifeRun): string[] {
    const completed = run.status.phases.filter(({ state }) => state === 'completed').map(({ id }) => id);
    return run.ledger.open.map(({ phase }) => phase).filter((phase) => completed.includes(phase));
  }
}

/** How much a run or a phase has begun: phases; attempts and changes. */
function begun(run: LifeRun, workflowId: string): number {
  if (workflowId === runId) return run.of('deploymentPhase').length;
  const execution = run.server.find(workflowId);
  const steps = execution?.query<PhaseStatus>('status').steps.length ?? 0;
  return steps + (execution?.history.filter(({ type }) => type === 'captureChange').length ?? 0);
}
