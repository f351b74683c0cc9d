import { describe, expect, it } from 'vitest';
import type { FlagState } from '../../../src/plan/change.js';
import { RunsLook, type LookLimits, type ReadFlag } from '../../../src/worker/runs/look.js';
import type { Look } from '../../../src/worker/runs/seen.js';
import { FakeRuns, type FakeExecution } from '../../support/runs/fake-runs.js';
import { environment, phase, plan, runInput, step } from '../../support/stage/plans.js';

const never = <T>(): Promise<T> => new Promise(() => undefined);
const on = (key: string): FlagState => ({ type: 'flag', key, exists: true, enabled: true, percent: 5, include: [] });
const limits: LookLimits = { answers: 60_000, flag: 60_000, flags: 60_000 };

const moving = runInput(
  plan([phase('1a', { steps: ['a', 'b', 'c', 'd'].map((id) => step.flag(id)) })]),
  environment('e')
);

const migration = (change: Partial<FakeExecution> = {}): FakeExecution => ({
  workflowId: 'migration/e/p',
  type: 'migration',
  plan: 'p',
  startedAt: 1000,
  answer: () => Promise.resolve({ state: 'running', rollbacks: [], phases: [] }),
  input: moving,
  ...change,
});

function take(
  executions: FakeExecution[],
  {
    readFlag = (_source, key) => Promise.resolve(on(key)),
    ...within
  }: { readFlag?: ReadFlag } & Partial<LookLimits> = {}
): Promise<Look> {
  const look = new RunsLook(new FakeRuns(executions).client, 'e', readFlag, { ...limits, ...within });
  return look.take(0, new AbortController().signal);
}

describe('a look at the runs', () => {
  it('tells of everything else when the flag system gives no answer for one flag, and of the other flags', async () => {
    const { runs } = await take([migration()], {
      readFlag: (_source, key) => (key === 'FLAG_A' ? never() : Promise.resolve(on(key))),
      flag: 5,
    });
    expect(runs[0]?.open?.status?.state).toBe('running');
    expect([...(runs[0]?.open?.flags ?? [])].map(([key, state]) => [key, state?.percent])).toEqual([
      ['FLAG_A', undefined],
      ['FLAG_B', 5],
      ['FLAG_C', 5],
      ['FLAG_D', 5],
    ]);
  });

  it('asks a flag system that gives no answer at all for no longer than there is, and ends what it asked', async () => {
    const asked: Array<{ key: string; signal: AbortSignal }> = [];
    const { runs } = await take([migration()], {
      readFlag: (_source, key, signal) => {
        asked.push({ key, signal });
        return never();
      },
      flags: 5,
    });
    expect([...(runs[0]?.open?.flags.values() ?? [])]).toEqual([undefined, undefined, undefined, undefined]);
    expect(asked.map(({ key, signal }) => [key, signal.aborted])).toEqual([
      ['FLAG_A', true],
      ['FLAG_B', true],
    ]);
  });

  it('tells of a run although another one never answers', async () => {
    const stuck = migration({ workflowId: 'migration/e/stuck', plan: 'stuck', startedAt: 2000, answer: never });
    const { runs } = await take([stuck, migration()], { answers: 5 });
    expect(runs.map((run) => [run.plan, run.state, run.open?.status?.state])).toEqual([
      ['stuck', 'running', undefined],
      ['p', 'running', 'running'],
    ]);
  });

  it('hears rollbacks, and does not take one that is silent for one that waits for nobody', async () => {
    const rollback = { type: 'rollback', plan: 'p', startedAt: 2000 };
    const gates = [{ kind: 'hold' }];
    const ended = migration({ outcome: 'rolled-back-not-verified' });
    const heard = { ...rollback, workflowId: 'migration/e/p/rollback/1a', answer: () => Promise.resolve({ gates }) };
    expect((await take([ended, heard])).runs).toMatchObject([{ rollbacks: [{ gates }], silent: { gates: false } }]);
    const silent = { ...rollback, workflowId: 'migration/e/p/rollback/again-1' };
    expect((await take([migration(), heard, silent])).runs).toMatchObject([{ silent: { gates: true } }]);
  });

  it('leaves out phases, alerts and the like where there is too much to ask, and no run', async () => {
    const later = Array.from({ length: 450 }, (_, number) => ({
      workflowId: `migration/e/p/alert/${number}`,
      type: 'alert',
      plan: 'p',
      startedAt: 2000 + number,
    }));
    const guard = { workflowId: 'migration/e/p/guard', type: 'guard', plan: 'p', startedAt: 1001 };
    const answer = (): Promise<unknown> => Promise.resolve({ state: 'watching' });
    const { runs, asked, unread } = await take([...later, { ...guard, answer }, migration()]);
    expect([asked, unread]).toEqual([400, 52]);
    expect(runs).toMatchObject([{ plan: 'p', guard: { state: 'watching' }, open: { status: { state: 'running' } } }]);
  });

  describe('asks an execution for its status', () => {
    const watched = (
      executions: FakeExecution[]
    ): { runs: FakeRuns; askedAt: (seconds: number) => Promise<string[]> } => {
      const runs = new FakeRuns(executions);
      const look = new RunsLook(runs.client, 'e', (_source, key) => Promise.resolve(on(key)), limits);
      return {
        runs,
        askedAt: async (seconds) => {
          const before = runs.asked.length;
          await look.take(seconds * 1000, new AbortController().signal);
          return runs.asked.slice(before);
        },
      };
    };

    it('when its history has grown, and when what it told is a minute old', async () => {
      const run = migration();
      const { askedAt } = watched([run]);
      expect([await askedAt(0), await askedAt(15), await askedAt(45)]).toEqual([[run.workflowId], [], []]);
      run.length = 4;
      expect(await askedAt(50)).toEqual([run.workflowId]);
      expect([await askedAt(105), await askedAt(110)]).toEqual([[], [run.workflowId]]);
    });

    it('of many a hundred again in one look, whoever told longest ago first', async () => {
      const input = runInput(plan([phase('1a', { steps: [] })]), environment('e'));
      const executions = Array.from({ length: 150 }, (_, number) =>
        migration({ workflowId: `migration/e/${number}`, plan: `p${number}`, startedAt: number, input })
      );
      const { askedAt } = watched(executions);
      const all = await askedAt(0);
      expect(all).toHaveLength(150);
      expect([await askedAt(60), await askedAt(75), await askedAt(90)]).toEqual([
        all.slice(0, 100),
        all.slice(100),
        [],
      ]);
      expect(await askedAt(120)).toEqual(all.slice(0, 100));
    });
  });

  it('knows of no way back and no status when nobody answers for a run any more, though nothing happened in it', async () => {
    const run = migration();
    const look = new RunsLook(new FakeRuns([run]).client, 'e', (_source, key) => Promise.resolve(on(key)), limits);
    const open = async (at: number): Promise<string[]> => {
      const { runs } = await look.take(at, new AbortController().signal);
      return Object.keys(runs[0]?.open ?? {});
    };
    expect(await open(0)).toEqual(expect.arrayContaining(['status', 'inForce']));
    run.answer = () => Promise.reject(new Error('no worker'));
    expect(await open(60_000)).toEqual(['phases', 'flags']);
    run.answer = migration().answer!;
    expect(await open(75_000)).toEqual(expect.arrayContaining(['status', 'inForce']));
  });
});
