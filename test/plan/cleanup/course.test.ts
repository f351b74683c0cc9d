import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  attemptAt,
  freshState,
  isOwed,
  newsAt,
  nextInstant,
  opened,
  tasksNow,
  wayBackClosed,
  type CleanupState,
} from '../../../src/plan/cleanup/course.js';
import { cleanupStatus, doneText } from '../../../src/plan/cleanup/status.js';
import type { Cleanup } from '../../../src/plan/model.js';
import { cleanup, environment, span, task } from '../../support/stage/plans.js';

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
const facts = { cleanup: plan, people: environment('x').people, workflowId: 'w', runId: 'r', refusals: [] };

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

describe('the status of a clean-up', () => {
  it('says how many are done, who owes what, and what is due next', () => {
    const state = at(0);
    const [docs] = state.steps;
    if (docs) docs.state = 'passed';
    const status = cleanupStatus(facts, state);
    expect(status.sentence).toBe('Clean-up: 1 of 3 tasks done. Waits for carlos (1), next due 1970-01-08 00:00:00Z.');
    expect(status.gates).toMatchObject([
      {
        address: 'cleanup/legacy#1',
        people: ['carlos'],
        deadlineAt: 7 * day,
        then: expect.stringContaining('overdue'),
      },
    ]);
    expect(status.steps.map(({ state: how }) => how)).toEqual(['passed', 'waiting', 'pending']);
    expect(doneText(plan, status)).toBe('1 of 3 tasks done');
  });

  it('says when the next tasks begin while nothing is owed', () => {
    const state = at(0);
    for (const step of state.steps) step.state = 'passed';
    expect(cleanupStatus(facts, state)).toMatchObject({
      state: 'waiting',
      opensAt: 30 * day,
      sentence: 'Clean-up: 2 of 3 tasks done. The next tasks begin at 1970-01-31 00:00:00Z.',
    });
  });

  it('asks the next in line as well, once a task was escalated', () => {
    const state = at(0);
    state.told.escalated = ['legacy'];
    const gate = cleanupStatus(facts, state).gates.find(({ address }) => address === 'cleanup/legacy#1');
    expect(gate).toMatchObject({ people: ['dana', 'carlos'], standIn: 'manager' });
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
