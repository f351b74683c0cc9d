import { expect } from 'vitest';
import type { LedgerEntry } from '../../../../src/plan/change.js';
import { targetOf } from '../../../../src/plan/ledger.js';
import type { PhaseStatus } from '../../../../src/plan/run-status.js';
import { rolesOf, seated, starter } from '../gates/crowd.js';
import { roles, runId, type LifeRun } from './life-run.js';

/** What the plan moves. */
const moved = ['flag/FLAG_X', 'deploy/core', 'flag/FLAG_Y', 'deploy/tools'];
/** In which order a rollback takes the plan back: the newest phase first, in each what exposes people before the rest. */
const wayBack = ['b flag/FLAG_Y', 'b deploy/tools', 'b deploy/core', 'a flag/FLAG_X', 'a deploy/core'];

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
    for (const entries of world.tried.values()) {
      const order = entries.map(({ phase, change }) => wayBack.indexOf(`${phase} ${targetOf(change)}`));
      expect(order).not.toContain(-1);
      expect(order).toEqual([...new Set(order)].toSorted((a, b) => a - b));
    }
  }

  /** Of a run that completed: what its steps changed is in force, and nothing else is changed. */
  checkInForce({ ledger, phases, world }: LifeRun): void {
    const steps = phases.flatMap((one) => one.steps);
    // A ramp makes an entry for each of its percents.
    const idOf = ({ phase, step }: LedgerEntry): string => `${phase}/${step.split('@')[0] ?? ''}`;
    const addresses = (wanted: string): string[] =>
      steps.flatMap(({ state, address }) => (state === wanted ? [address] : []));
    const passed = ledger.entries.filter((entry) => addresses('passed').includes(`${idOf(entry)}#${entry.attempt}`));
    // What somebody waived may have had its effect or not, in whichever of its attempts.
    const waivedSteps = addresses('waived').map((address) => address.split('#')[0]);
    const waived = ledger.entries.filter((entry) => waivedSteps.includes(idOf(entry)));
    const targetsOf = (entries: LedgerEntry[]): string[] => entries.map(({ change }) => targetOf(change));
    for (const target of new Set(targetsOf(passed))) {
      expect(world.changed).toContain(target);
      const last = ledger.entries.findLast((entry) => targetOf(entry.change) === target);
      if (last && passed.includes(last)) expect(world.isInForce(last.change)).toBe(true);
    }
    expect([...targetsOf(passed), ...targetsOf(waived)]).toEqual(expect.arrayContaining(world.changed));
    // One that was waived may not even have begun.
    if (steps.every(({ state }) => state !== 'waived')) expect(new Set(targetsOf(passed))).toEqual(new Set(moved));
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
