import { describe, expect, it } from 'vitest';
import { cleanupFromHistory } from '../../../src/client/read/cleanup-part.js';
import type { ActivityFact, HistoryFacts, MessageFact } from '../../../src/client/read/history.js';
import type { CleanupInput } from '../../../src/plan/run-input.js';
import { cleanup, environment, span, task } from '../../support/stage/plans.js';
import { t } from '../support/snapshots.js';

const where = environment('test');
const [soon] = cleanup([task.plain('docs')]).groups;
const [later] = cleanup([task.plain('legacy')]).groups;
const groups = soon && later ? [soon, { ...later, id: 'week-2' }] : [];
const input: CleanupInput = {
  schemaVersion: 1,
  run: {
    workflowId: 'migration/test/test-plan',
    runId: 'm',
    planId: 'test-plan',
    planTitle: 'Test plan',
    digest: `sha256:${'0'.repeat(64)}`,
    startedBy: 'dana',
    startedAt: t,
    namesBelieved: true,
  },
  cleanup: cleanup([], { groups, remindEvery: span(600_000) }),
  environment: where,
  firstDayAt: t,
  completedAt: t,
  exposedSince: {},
};
const described = {
  workflowId: 'migration/test/test-plan/cleanup',
  runId: 'r',
  firstRunId: 'r',
  type: 'cleanup',
  status: 'RUNNING' as const,
  open: true,
  startedAt: t,
  awaiting: [],
  children: [],
  activities: [],
};
/** What the calendar answered: the second week opens 1000 ms after the first. */
const calendar = (asked: number): ActivityFact => ({
  type: 'cleanupDays',
  input: {},
  scheduledAt: t + asked,
  endedAt: t + asked,
  result: {
    groups: {
      'week-1': { opensAt: t, dueAt: t + 500 },
      'week-2': { opensAt: t + 1000, dueAt: t + 1500 },
    },
    askedAt: t + asked,
  },
});
const done = (item: string, after: number): MessageFact => ({
  name: 'attest',
  input: { by: 'erin', item, answer: 'done' },
  how: 'signal',
  at: t + after,
});
const seen = (change: Partial<HistoryFacts>): string[] =>
  cleanupFromHistory(
    { workflowId: described.workflowId, runId: 'r', input, startedAt: t, activities: [], messages: [], ...change },
    described
  ).steps.map(({ id, state }) => `${id} ${state}`);

describe('a clean-up without a worker', () => {
  it('shows what has begun by the calendar, and what was answered since', () => {
    expect(seen({})).toEqual(['docs pending', 'legacy pending']);
    expect(seen({ activities: [calendar(1)] })).toEqual(['docs waiting', 'legacy pending']);
    const activities = [calendar(1), calendar(1001)];
    expect(seen({ activities })).toEqual(['docs waiting', 'legacy waiting']);
    const messages = [done('docs', 2), done('legacy', 1002)];
    expect(seen({ activities, messages })).toEqual(['docs passed', 'legacy passed']);
  });

  it('says how it was ended from outside', () => {
    const facts = { workflowId: described.workflowId, runId: 'r', input, startedAt: t, activities: [], messages: [] };
    const ended = cleanupFromHistory(facts, { ...described, status: 'TIMED_OUT', open: false, closedAt: t + 1 });
    expect(ended).toMatchObject({ state: 'failed', endedAt: t + 1, endedAs: 'timed out', gates: [] });
    expect(cleanupFromHistory(facts, described)).not.toHaveProperty('endedAs');
  });

  it('counts no answer that came before its task was open, as the workflow did not', () => {
    const activities = [calendar(1), calendar(1001)];
    expect(seen({ activities, messages: [done('legacy', 2)] })).toEqual(['docs waiting', 'legacy waiting']);
  });
});
