import { describe, expect, it } from 'vitest';
import { componentOf, withDependents } from '../../../src/plan/incidents/reach.js';
import type { Phase } from '../../../src/plan/model.js';
import { phase, step, windowSpec } from '../../support/stage/plans.js';

const other = windowSpec({ criteria: windowSpec().criteria.map((one) => ({ ...one, metric: 'latency' })) });
const phases = [
  phase('before', { checklists: [] }),
  phase('1a', { after: ['before'], steps: [step.watch('w')] }),
  phase('1b', { after: ['1a'], success: other }),
  phase('1c', { after: ['1a'], steps: [step.traffic('t', 'F', { hold: other })] }),
  phase('1d', { after: ['1b'] }),
  phase('after', { after: ['1d'], checklists: [] }),
];

describe('the component that fails', () => {
  it.each<[string, string[], { phase?: string; ofCause?: string; metric?: string }, string | undefined]>([
    ['is the one that somebody names', ['before', '1a', '1b'], { phase: '1a', metric: 'latency' }, '1a'],
    ['is none when that one has not begun', ['before', '1a'], { phase: '1b' }, undefined],
    ['is that of the cause', ['before', '1a', '1b', '1c'], { ofCause: '1b', metric: 'success' }, '1b'],
    ['is the one that is named, whatever the cause says', ['1a', '1b'], { phase: '1a', ofCause: '1b' }, '1a'],
    ['is another until that of the cause begins', ['before', '1a'], { ofCause: '1b', metric: 'success' }, '1a'],
    ['is never a stage of checklists', ['before', '1a'], { ofCause: 'before' }, '1a'],
    ['is the newest that watches the metric', ['before', '1a', '1b', '1c', '1d'], { metric: 'latency' }, '1c'],
    ['is an earlier one when no later watches it', ['before', '1a', '1b', '1d'], { metric: 'success' }, '1a'],
    ['is the newest when none watches it', ['before', '1a', '1b'], { metric: 'errors' }, '1b'],
    ['is the newest when nobody knows more', ['before', '1a', '1b', '1c', '1d', 'after'], {}, '1d'],
    ['is none while nothing was changed', ['before'], { metric: 'latency' }, undefined],
  ])('%s', (_what, begun, asked, expected) => {
    expect(componentOf(phases, begun, asked)).toBe(expected);
  });

  it.each<[string, Partial<Phase>]>([
    ['its success window', { success: other }],
    ['its soak', { soak: other }],
    ['one criterion of several', { success: windowSpec({ criteria: [...windowSpec().criteria, ...other.criteria] }) }],
  ])('watches what is asked by %s', (_what, windows) => {
    const two = [phase('old', windows), phase('new', { success: windowSpec() })];
    expect(componentOf(two, ['old', 'new'], { metric: 'latency' })).toBe('old');
  });

  it.each([
    ['1a', ['1a', '1b', '1c', '1d', 'after']],
    ['1b', ['1b', '1d', 'after']],
    ['1c', ['1c']],
  ])('%s is taken back with all that depend on it, however far', (id, expected) => {
    expect(withDependents(phases, id)).toEqual(expected);
  });

  it.each([
    ['a', ['a', 'c', 'd']],
    ['b', ['b', 'd']],
    ['c', ['c', 'd']],
  ])('%s is taken back with what later moved a target of it, however far', (id, expected) => {
    const apart = [
      phase('a', { after: [], steps: [step.deployTo('core')] }),
      phase('b', { after: [], steps: [step.flag('other')] }),
      phase('c', { after: [], steps: [step.flag('x'), step.deployTo('core')] }),
      phase('d', { after: [], steps: [step.flag('other'), step.traffic('ramp', 'FLAG_X')] }),
    ];
    expect(withDependents(apart, id)).toEqual(expected);
  });
});
