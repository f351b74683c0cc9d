import { describe, expect, it } from 'vitest';
import { activityAnswers, problemWithAnswer, readRemovedFlags } from '../../src/plan/activity-answers.js';
import { garbage } from '../full/matrix/faults.js';
import { occurrences } from '../full/matrix/occurrences.js';

const evidence = { digest: 'sha256:1', bytes: 1 };
const finding = { verdict: 'PASS', reason: 'well', endedAt: 1, evidence };

describe('what an activity answers', () => {
  it('is looked at for every activity that workflows call and that answers anything', () => {
    const unasked = ['releaseLocks'];
    const asked = Object.keys(occurrences).filter((name) => !unasked.includes(name));
    expect(Object.keys(activityAnswers).toSorted()).toEqual(asked.toSorted());
  });

  it.each(Object.keys(activityAnswers))('is not believed when it is garbage: %s', (activity) => {
    for (const answer of Object.values(garbage)) {
      expect(problemWithAnswer(activity, answer)).toMatch(new RegExp(`^${activity} answered something else`));
    }
  });

  it('is believed from a newer worker that says more', () => {
    expect(problemWithAnswer('applyChange', { ...finding, added: 'later' })).toBeUndefined();
  });

  it('names the place of the fault', () => {
    expect(problemWithAnswer('applyChange', { ...finding, verdict: 'pass' })).toMatch(/ at verdict: /);
    expect(problemWithAnswer('applyChange', { ...finding, evidence: {} })).toMatch(/ at evidence\.digest: /);
    expect(problemWithAnswer('applyChange', 'PASS')).toMatch(/^applyChange answered something else than it should: \S/);
  });

  it('is nothing that could be wrong where an activity answers nothing', () => {
    expect(problemWithAnswer('releaseLocks', undefined)).toBeUndefined();
    expect(problemWithAnswer('releaseLocks', 'done')).toBeUndefined();
  });

  it('is never half a yes', () => {
    expect(problemWithAnswer('verifyIdentity', { accepted: true })).toBeDefined();
    expect(problemWithAnswer('acquireLocks', { granted: false })).toBeDefined();
    expect(problemWithAnswer('watchWindow', finding)).toBeDefined();
  });
});

describe('what a clean-up remembers of flags that it removed', () => {
  const removed = { key: 'A', at: 7, state: 'removed', evidence };

  it.each([
    ['none', []],
    ['one that is removed, and one that is being removed', [removed, { ...removed, state: 'removing' }]],
  ])('is read: %s', (_, memo) => {
    expect(readRemovedFlags(memo)).toEqual(memo);
  });

  it.each([
    ['no memo', undefined],
    ['no list', removed],
    ['a flag without its name', [{ at: 7, state: 'removed' }]],
    ['a flag without its time', [{ ...removed, at: 'now' }]],
    ['a flag of which nobody knows how it stands', [removed, { ...removed, state: 'gone' }]],
  ])('is not believed: %s', (_, memo) => {
    expect(readRemovedFlags(memo)).toBeUndefined();
  });
});
