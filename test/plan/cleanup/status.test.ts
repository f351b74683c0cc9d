import { describe, expect, it } from 'vitest';
import { answered, freshState, opened, type CleanupState } from '../../../src/plan/cleanup/course.js';
import { cleanupStatus, doneText, openGates, type CleanupFacts } from '../../../src/plan/cleanup/status.js';
import type { Cleanup } from '../../../src/plan/model.js';
import { cleanup, environment, span, task } from '../../support/stage/plans.js';

const day = 86_400_000;
const escalate = { after: span(7 * day), to: 'manager' };
const soon = cleanup([task.removal(['A']), task.plain('legacy', { owner: 'cto' })], { remindEvery: span(3 * day) });
const late = (id: string): Cleanup['groups'][number] => ({
  id,
  title: 'Later',
  schedule: { unit: 'month', from: 2, to: 3 },
  length: span(60 * day),
  tasks: [task.plain(`${id}-training`)],
});
const plan: Cleanup = { ...soon, escalate, groups: [...soon.groups, late('latest'), late('later')] };
const days = {
  'week-1': { opensAt: 0, dueAt: 7 * day },
  latest: { opensAt: 40 * day, dueAt: 100 * day },
  later: { opensAt: 30 * day, dueAt: 90 * day },
};
const { people } = environment('x');
const facts: CleanupFacts = { cleanup: plan, people, workflowId: 'w', runId: 'r', refusals: [] };

function at(now: number, from = freshState(0)): CleanupState {
  return opened(plan, from, days, now);
}

/** How it stands after the owners of its tasks said so. */
function after(now: number, answers: Record<string, string>): CleanupState {
  const state = at(now);
  for (const step of state.steps) {
    const found = plan.groups.flatMap(({ tasks }) => tasks).find(({ id }) => id === step.id);
    const answer = answers[step.id];
    if (found && answer !== undefined) Object.assign(step, answered(found, { by: 'erin', answer, at: now }));
  }
  return state;
}

const passed = (state: CleanupState): CleanupState => ({
  ...state,
  steps: state.steps.map((step) => ({ ...step, state: 'passed' })),
});

describe('the status of a clean-up', () => {
  it('is that of a phase', () => {
    const refusals = [{ by: 'lee', message: 'decide', reason: 'too late', at: 1 }];
    const state = at(0);
    expect(cleanupStatus({ ...facts, refusals }, state)).toEqual({
      schemaVersion: 1,
      phase: 'cleanup',
      title: 'Clean-up',
      workflowId: 'w',
      runId: 'r',
      state: 'waiting',
      startedAt: 0,
      steps: [
        ...state.steps,
        ...['latest', 'later'].map((id) => ({
          address: `cleanup/${id}-training#1`,
          id: `${id}-training`,
          part: 'steps',
          kind: 'task',
          title: `Do ${id}-training`,
          state: 'pending',
        })),
      ],
      gates: openGates(plan, state, people),
      decisions: [],
      waivers: [],
      ledger: [],
      refusals,
      sentence:
        'Clean-up: 0 of 4 tasks done. Waits for dana, erin or lee (1); carlos (1), next due 1970-01-08 00:00:00Z.',
    });
  });

  it.each<[string, CleanupState, object]>([
    [
      'how many are done, who owes what, and what is due next',
      after(0, { legacy: 'done' }),
      {
        state: 'waiting',
        sentence: 'Clean-up: 1 of 4 tasks done. Waits for dana, erin or lee (1), next due 1970-01-08 00:00:00Z.',
      },
    ],
    [
      'what was answered and is now done',
      after(0, { 'remove-flags': 'done' }),
      {
        state: 'running',
        sentence:
          'Clean-up: 0 of 4 tasks done. Running: Do remove-flags. Waits for carlos (1), next due 1970-01-08 00:00:00Z.',
      },
    ],
    [
      'all that runs',
      { ...at(0), steps: at(0).steps.map((step) => ({ ...step, state: 'running' })) },
      {
        state: 'running',
        sentence:
          'Clean-up: 0 of 4 tasks done. Running: Do remove-flags; Do legacy. The next tasks begin at 1970-01-31 00:00:00Z.',
      },
    ],
    [
      'the first of the days on which something is due',
      after(40 * day, { 'remove-flags': 'failed' }),
      {
        state: 'waiting',
        sentence:
          'Clean-up: 0 of 4 tasks done. Waits for dana, erin or lee (2); carlos (1), next due 1970-01-08 00:00:00Z.',
      },
    ],
    [
      'the first of the days on which something begins, while nothing is owed',
      passed(at(0)),
      {
        state: 'waiting',
        opensAt: 30 * day,
        gates: [],
        sentence: 'Clean-up: 2 of 4 tasks done. The next tasks begin at 1970-01-31 00:00:00Z.',
      },
    ],
    ['that all is done', passed(at(40 * day)), { state: 'waiting', sentence: 'Clean-up: 4 of 4 tasks done.' }],
    [
      'nothing of days that nobody knows',
      freshState(0),
      { state: 'waiting', sentence: 'Clean-up: 0 of 4 tasks done.' },
    ],
  ])('says %s', (_, state, said) => {
    expect(cleanupStatus(facts, state)).toMatchObject(said);
  });

  it.each<[string, CleanupState]>([
    ['while something is owed', at(0)],
    ['while one of several is owed', after(0, { legacy: 'done' })],
    ['when all is done', passed(at(40 * day))],
  ])('has no next opening %s', (_, state) => {
    expect(cleanupStatus(facts, state)).not.toHaveProperty('opensAt');
  });

  it('waits for nobody, and for nothing, once it has ended', () => {
    const end = { state: 'failed' as const, at: 5, sentence: 'Cancelled by dana.' };
    const ended = cleanupStatus({ ...facts, end }, at(0));
    expect(ended).toMatchObject({ state: 'failed', endedAt: 5, gates: [], sentence: 'Cancelled by dana.' });
    expect(cleanupStatus({ ...facts, end }, passed(at(0)))).not.toHaveProperty('opensAt');
  });

  it.each<[string, CleanupState, string]>([
    ['what has not begun is not done', at(0), '0 of 4 tasks done'],
    ['what was answered is', after(0, { legacy: 'done' }), '1 of 4 tasks done'],
    ['what failed is not', after(0, { legacy: 'failed' }), '0 of 4 tasks done'],
  ])('says in short how many are done: %s', (_, state, said) => {
    expect(doneText(plan, cleanupStatus(facts, state))).toBe(said);
  });
});

describe('the gate of a task', () => {
  const legacy = {
    address: 'cleanup/legacy#1',
    kind: 'attestation',
    title: 'Do legacy',
    reason: 'a cto sees to this task',
    roles: { cto: 1 },
    people: ['carlos'],
    decisions: [],
    openedAt: 0,
    deadlineAt: 7 * day,
    digest: '',
    answers: ['attest'],
  };
  const asked = `${7 * day}ms later a manager is asked as well`;
  const reminded = `it is overdue, and people are reminded every ${3 * day}ms`;
  const { escalate: _, ...calm } = plan;
  const escalated = (): CleanupState => ({ ...at(0), told: { begun: [], overdue: [], escalated: ['legacy'] } });

  it.each<[string, Cleanup, CleanupState, object]>([
    ['is for its owner', plan, at(0), { ...legacy, then: `it is overdue, and ${asked}` }],
    ['reminds its owner where there is no next in line', calm, at(0), { ...legacy, then: reminded }],
    [
      'is for the next in line as well, once it was escalated',
      plan,
      escalated(),
      { ...legacy, standIn: 'manager', people: ['dana', 'carlos'], then: reminded },
    ],
    ['is for its owner alone, though it was escalated once', calm, escalated(), { ...legacy, then: reminded }],
  ])('%s', (_, of, state, gate) => {
    expect(openGates(of, state, people)[1]).toEqual(gate);
  });

  it('is open from when its attempt began, not its group', () => {
    const state = at(0);
    state.steps = state.steps.map((step) => ({ ...step, startedAt: 2 * day }));
    expect(openGates(plan, state, people).map(({ openedAt }) => openedAt)).toEqual([2 * day, 2 * day]);
  });

  it.each(['done', 'failed'])('is none once its task is answered: %s', (answer) => {
    const open = openGates(plan, after(0, { 'remove-flags': answer }), people);
    expect(open.map(({ address }) => address)).toEqual(['cleanup/legacy#1']);
  });

  it('is none where nobody knows its days', () => {
    expect(openGates(plan, { ...at(0), days: {} }, people)).toEqual([]);
  });
});
