import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  answered,
  attemptAt,
  freshState,
  isOwed,
  newsAt,
  nextInstant,
  opened,
  removedByAll,
  type CleanupExecution,
  tasksNow,
  wayBackClosed,
  type CleanupState,
} from '../../../src/plan/cleanup/course.js';
import type { Cleanup, CleanupTask } from '../../../src/plan/model.js';
import { cleanup, span, task } from '../../support/stage/plans.js';

const day = 86_400_000;
const plan: Cleanup = {
  ...cleanup([task.plain('docs'), task.plain('legacy', { owner: 'cto' })], {
    remindEvery: span(7 * day),
    escalate: { after: span(7 * day), to: 'manager' },
  }),
};
plan.groups.push({
  id: 'later',
  title: 'Later',
  schedule: { unit: 'month', from: 2, to: 3 },
  length: span(60 * day),
  tasks: [task.plain('training')],
});
const days = { 'week-1': { opensAt: 0, dueAt: 7 * day }, later: { opensAt: 30 * day, dueAt: 90 * day } };

function at(now: number, state = freshState(0)): CleanupState {
  return opened(plan, state, days, now);
}

/** As the workflow does it: each time that there is something to tell, it is told. */
function told(state: CleanupState, now: number): { state: CleanupState; news: ReturnType<typeof newsAt> } {
  const open = at(now, state);
  const news = newsAt(plan, open, now);
  return { state: news ? { ...open, toldAt: now, told: news } : open, news };
}

describe('the course of a clean-up', () => {
  it('opens what has begun, once, and nothing before its day', () => {
    const first = at(0);
    expect(first.steps.map(({ address, state }) => `${address} ${state}`)).toEqual([
      'cleanup/docs#1 waiting',
      'cleanup/legacy#1 waiting',
    ]);
    expect(at(day, first).steps).toEqual(first.steps);
    expect(at(30 * day, first).steps).toHaveLength(3);
  });

  it('has news when tasks begin, when they are overdue, when they are escalated, and when it is time again', () => {
    const heard: string[] = [];
    let state = freshState(0);
    for (let now: number | undefined = 0; now !== undefined && now < 40 * day; now = nextInstant(plan, state, now)) {
      const next = told(state, now);
      ({ state } = next);
      if (next.news)
        heard.push(
          `day ${now / day}: ${next.news.begun.length} begun, ${next.news.overdue.length} overdue, ${next.news.escalated.length} escalated`
        );
    }
    expect(heard).toEqual([
      'day 0: 2 begun, 0 overdue, 0 escalated',
      'day 7: 2 begun, 2 overdue, 0 escalated',
      'day 14: 2 begun, 2 overdue, 2 escalated',
      'day 21: 2 begun, 2 overdue, 2 escalated',
      'day 28: 2 begun, 2 overdue, 2 escalated',
      'day 30: 3 begun, 2 overdue, 2 escalated',
      'day 37: 3 begun, 2 overdue, 2 escalated',
    ]);
  });

  it('tells what was missed in one message, however long nobody could', () => {
    const { state } = told(freshState(0), 0);
    const { news } = told(state, 200 * day);
    expect(news).toEqual({
      begun: ['docs', 'legacy', 'training'],
      overdue: ['docs', 'legacy', 'training'],
      escalated: ['docs', 'legacy', 'training'],
    });
  });

  it('is silent, and waits for nothing but the next group, when nothing is owed', () => {
    const { state } = told(freshState(0), 0);
    for (const step of state.steps) step.state = 'passed';
    expect(newsAt(plan, state, 29 * day)).toBeUndefined();
    expect(nextInstant(plan, state, day)).toBe(30 * day);
  });

  it('never waits for an instant that has passed, and never for ever while somebody owes something', () => {
    const instant = fc.integer({ min: 0, max: 200 * day });
    fc.assert(
      fc.property(instant, instant, (first, later) => {
        const { state } = told(freshState(0), Math.min(first, later));
        const now = Math.max(first, later);
        const next = nextInstant(plan, told(state, now).state, now);
        expect(next).toBeGreaterThan(now);
      })
    );
  });

  it('reopens a task as another attempt', () => {
    const state = at(0);
    const [docs] = state.steps;
    if (docs) docs.state = 'failed';
    state.steps.push(attemptAt(plan.groups[0]?.tasks[0] ?? task.plain('docs'), state.steps, day));
    expect(tasksNow(plan, state).filter(isOwed)).toHaveLength(2);
    expect(state.steps.at(-1)?.address).toBe('cleanup/docs#2');
  });
});

describe('what is told of a clean-up', () => {
  const { escalate: _, ...calm } = plan;
  const begun = (): CleanupState => ({
    ...at(0),
    toldAt: 0,
    told: { begun: ['docs', 'legacy'], overdue: [], escalated: [] },
  });

  it('is nothing when it begins, but when it began', () => {
    expect(freshState(7)).toEqual({
      startedAt: 7,
      steps: [],
      removed: [],
      refusals: [],
      told: { begun: [], overdue: [], escalated: [] },
      days: {},
    });
  });

  const { toldAt: _never, ...neverTold } = begun();

  it.each<[string, CleanupState, number, boolean]>([
    ['nothing is new and it is not time again', begun(), day, false],
    ['nothing is new, but nobody was told', neverTold, day, true],
    ['a task begun of which nobody knows', { ...begun(), told: { ...begun().told, begun: ['docs'] } }, day, true],
  ])('when %s', (_, state, now, isTold) => {
    expect(newsAt(plan, state, now) !== undefined).toBe(isTold);
  });

  it('is told again when it is time, though nothing is new', () => {
    const known = { ...begun(), days: {} };
    expect(newsAt(plan, known, 7 * day - 1)).toBeUndefined();
    expect(newsAt(plan, known, 7 * day)).toEqual({ begun: ['docs', 'legacy'], overdue: [], escalated: [] });
  });

  it('never goes to the next in line where the plan names none', () => {
    expect(newsAt(calm, begun(), 100 * day)?.escalated).toEqual([]);
  });

  it.each<[string, Cleanup, Partial<CleanupState>, number, number | undefined]>([
    ['the day on which tasks are due', plan, {}, 0, 7 * day],
    ['the day on which they go to the next in line', plan, { toldAt: 8 * day }, 7 * day, 14 * day],
    ['the next group, where there is no next in line', calm, { toldAt: 29 * day }, 7 * day, 30 * day],
    ['the time to tell it again', calm, { toldAt: 8 * day }, 8 * day, 15 * day],
    ['the time to tell it again where nobody knows the days', plan, { days: {}, toldAt: day }, day, 8 * day],
    ['nothing where nobody knows the days, nor told anybody', plan, { steps: [], days: {} }, 0, undefined],
    // The calendar of the environment changed after it had begun.
    [
      'no day on which something begins that has begun',
      plan,
      { days: { 'week-1': { opensAt: 3 * day, dueAt: 5 * day } } },
      0,
      5 * day,
    ],
  ])('comes next at %s', (_, of, change, now, next) => {
    expect(nextInstant(of, { ...begun(), ...change }, now)).toBe(next);
  });

  it('comes no more when all is done', () => {
    const state = at(100 * day);
    for (const step of state.steps) step.state = 'passed';
    expect(nextInstant(plan, state, 100 * day)).toBeUndefined();
  });
});

describe('an attempt at a task', () => {
  it('waits for its owner from when it was opened', () => {
    expect(attemptAt(task.plain('docs'), [], 7)).toEqual({
      address: 'cleanup/docs#1',
      id: 'docs',
      part: 'steps',
      kind: 'task',
      title: 'Do docs',
      state: 'waiting',
      startedAt: 7,
    });
  });

  const kpi = task.kpi('revenue');
  const removal = task.removal(['A']);
  it.each<[string, CleanupTask, string, ReturnType<typeof answered>]>([
    ['a task', task.plain('docs'), 'done', { state: 'passed', verdict: 'PASS', reason: 'erin: done' }],
    [
      'a task',
      task.plain('docs'),
      'not-applicable',
      { state: 'passed', verdict: 'PASS', reason: 'erin: not-applicable' },
    ],
    ['a task', task.plain('docs'), 'failed', { state: 'failed', verdict: 'FAIL', reason: 'erin: failed' }],
    ['a KPI', kpi, 'done', { state: 'passed', verdict: 'PASS', reason: 'erin: met' }],
    ['a KPI', kpi, 'failed', { state: 'passed', verdict: 'FAIL', reason: 'erin: not met' }],
    ['a KPI', kpi, 'not-applicable', { state: 'passed', verdict: 'PASS', reason: 'erin: not-applicable' }],
    ['a removal of flags, which is to be done then', removal, 'done', { state: 'running' }],
    ['a removal of flags', removal, 'failed', { state: 'failed', verdict: 'FAIL', reason: 'erin: failed' }],
  ])('is answered: %s is %s', (_, of, answer, becomes) => {
    const given = { by: 'erin', answer, at: 7 };
    expect(answered(of, given)).toEqual({ ...becomes, answer: given });
  });

  it('has evidence and reason of its answer among its reasons', () => {
    const said = (more: { evidence?: string; reason?: string }): string | undefined =>
      answered(task.plain('docs'), { by: 'erin', answer: 'done', at: 7, ...more }).reason;
    expect(said({ evidence: 'a link', reason: 'all read' })).toBe('erin: done · a link · all read');
    expect(said({ reason: 'all read' })).toBe('erin: done · all read');
  });
});

it('a way back that clean-up closed is told with what and when', () => {
  const evidence = { digest: 'sha256:1', bytes: 1 };
  expect(
    wayBackClosed([
      { key: 'A', at: 0, state: 'removed', evidence },
      { key: 'B', at: day, state: 'removing', evidence },
    ])
  ).toBe(
    'PG451 clean-up has closed the way back: A was removed at 1970-01-01 00:00:00Z; the removal of B was begun at 1970-01-02 00:00:00Z and not read back'
  );
});

describe('what a clean-up removed', () => {
  const evidence = { digest: 'sha256:1', bytes: 1 };
  const begun = { key: 'A', at: 1, state: 'removing', evidence } as const;
  const removed = { key: 'A', at: 2, state: 'removed', evidence } as const;
  const other = { key: 'B', at: 3, state: 'removed', evidence } as const;

  /** Of executions as they are, oldest first; `listed` is what a list says of their status. */
  const told = async (executions: Array<Omit<CleanupExecution, 'runId'>>, listed: Record<number, string> = {}) => {
    const named = executions.map((one, index) => ({ runId: `run-${index}`, ...one }));
    const read: string[] = [];
    const look = async (runId: string): Promise<CleanupExecution> => {
      read.push(runId);
      const found = named.find((one) => one.runId === runId);
      if (!found) throw new Error(`there is no ${runId}`);
      return found;
    };
    const list = named.map(({ runId, status }, index) => ({ runId, status: listed[index] ?? status }));
    const newest = named.at(-1) ?? { runId: 'none', status: 'RUNNING', removed: [] };
    return { flags: await removedByAll(newest, list, look), read };
  };

  it.each<[string, Parameters<typeof told>, Awaited<ReturnType<typeof told>>]>([
    ['nothing', [[{ status: 'RUNNING', removed: [] }]], { flags: [], read: [] }],
    [
      'by one that a reset replaced',
      [
        [
          { status: 'TERMINATED', removed: [begun] },
          { status: 'RUNNING', removed: [] },
        ],
      ],
      { flags: [begun], read: ['run-0'] },
    ],
    [
      'by two, as the newest that knows of it says',
      [
        [
          { status: 'TERMINATED', removed: [other, begun] },
          { status: 'RUNNING', removed: [removed] },
        ],
      ],
      { flags: [other, removed], read: ['run-0'] },
    ],
    [
      'by one that handed on what it knew, which is asked no more',
      [
        [
          { status: 'CONTINUED_AS_NEW', removed: [begun] },
          { status: 'COMPLETED', removed: [removed] },
        ],
      ],
      { flags: [removed], read: [] },
    ],
    [
      'by one that had handed on what it knew by the time that it was read',
      [
        [
          { status: 'CONTINUED_AS_NEW', removed: [begun] },
          { status: 'RUNNING', removed: [] },
        ],
        { 0: 'RUNNING' },
      ],
      { flags: [], read: ['run-0'] },
    ],
  ])('is told: %s', async (_what, executions, expected) => {
    expect(await told(...executions)).toEqual(expected);
  });
});
