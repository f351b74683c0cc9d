import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sameStrategies, stepsBack, stepsTo } from '../../../src/activities/flags/unleash/steps.js';
import type { StrategyStep } from '../../../src/activities/flags/unleash/steps.js';
import {
  meaningOf,
  shareStrategy,
  strategyShape,
  userStrategy,
} from '../../../src/activities/flags/unleash/strategies.js';
import type { Strategy } from '../../../src/activities/flags/unleash/strategies.js';

const place = (body: object, id: string, sortOrder: number): Strategy =>
  strategyShape.parse({ ...body, id, sortOrder });
const share = (percent: number, id = 's', more = {}): Strategy =>
  place({ ...shareStrategy('F', percent), ...more }, id, 0);
const users = (names: string[], id = 'u'): Strategy => place(userStrategy('F', names), id, 1);

/** What a server does with one call. */
function perform(strategies: Strategy[], step: StrategyStep, id: string): Strategy[] {
  switch (step.do) {
    case 'add':
      return [...strategies, place(step.body, id, Math.max(-1, ...strategies.map(({ sortOrder }) => sortOrder)) + 1)];
    case 'replace':
      return strategies.map((strategy) =>
        strategy.id === step.id ? place({ ...strategy, ...step.body }, strategy.id, strategy.sortOrder) : strategy
      );
    case 'remove':
      return strategies.filter(({ id: other }) => other !== step.id);
  }
}

let made = 0;

function performAll(strategies: Strategy[], steps: StrategyStep[]): Strategy[][] {
  const states: Strategy[][] = [];
  steps.reduce((now, step) => {
    const next = perform(now, step, `made-${(made += 1)}`);
    states.push(next);
    return next;
  }, strategies);
  return states;
}

describe('what strategies mean', () => {
  it.each([
    ['a share', [share(25)], { percent: 25, include: [] }],
    ['users', [users(['a', 'b'])], { percent: 0, include: ['a', 'b'] }],
    ['both', [share(5), users(['a'])], { percent: 5, include: ['a'] }],
    [
      'everybody by the default strategy',
      [share(5), place({ name: 'default' }, 'd', 2)],
      { percent: 100, include: [] },
    ],
    ['two shares of one group', [share(5), share(50, 't')], { percent: 50, include: [] }],
    ['one switched off', [share(5), share(100, 't', { disabled: true })], { percent: 5, include: [] }],
  ])('%s', (_, strategies, exposure) => {
    expect(meaningOf(true, strategies)).toEqual({ understood: true, exposure: { enabled: true, ...exposure } });
  });

  it.each([
    ['a segment', [share(5, 's', { segments: [1] })], 'bound to a segment'],
    [
      'a constraint',
      [share(5, 's', { constraints: [{ contextName: 'region', operator: 'IN', values: ['eu'] }] })],
      'constraints of its own',
    ],
    [
      'an inverted list',
      [share(100, 's', { constraints: [{ contextName: 'userId', operator: 'IN', values: ['a'], inverted: true }] })],
      'constraints of its own',
    ],
    [
      'a share of a list',
      [share(50, 's', { constraints: userStrategy('F', ['a']).constraints })],
      'a share of listed users',
    ],
    [
      'another kind',
      [place({ name: 'remoteAddress', parameters: { IPs: '::1' } }, 'r', 0)],
      'of the kind remoteAddress',
    ],
    ['half a percent', [share(5, 's', { parameters: { rollout: '0.5' } })], 'of the kind flexibleRollout'],
    [
      'shares of different groups',
      [share(5), share(50, 't', { parameters: { rollout: '50', groupId: 'other' } })],
      'several shares',
    ],
    ['no strategy at all', [], 'without an active strategy'],
  ])('%s is not understood while the flag is on, and does not matter while it is off', (_, strategies, why) => {
    expect(meaningOf(true, strategies)).toMatchObject({
      understood: false,
      why: expect.stringContaining(why) as string,
    });
    expect(meaningOf(false, strategies)).toMatchObject({ understood: true, exposure: { enabled: false } });
  });
});

const include = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'));
const exposure = fc
  .record({ percent: fc.integer({ min: 0, max: 100 }), include })
  .filter(({ percent, include: listed }) => percent > 0 || listed.length > 0);

describe('steps to an exposure', () => {
  it('lead there, expose nobody on the way who has it neither before nor after, and never leave nothing active', () => {
    fc.assert(
      fc.property(exposure, exposure, fc.boolean(), (from, to, foreign) => {
        const start = performAll([], stepsTo(from, 'F', [])).at(-1) ?? [];
        if (foreign) start.push(share(100, 'off', { disabled: true }));
        const states = performAll(start, stepsTo(to, 'F', start));
        for (const state of states) {
          const meaning = meaningOf(true, state);
          if (!meaning.understood) throw new Error(meaning.why);
          expect(meaning.exposure.percent).toBeLessThanOrEqual(Math.max(from.percent, to.percent));
          for (const user of meaning.exposure.include) expect([...from.include, ...to.include]).toContain(user);
        }
        const end = states.at(-1) ?? start;
        expect(meaningOf(true, end)).toMatchObject({ understood: true, exposure: { percent: to.percent } });
        expect(stepsTo(to, 'F', end)).toEqual([]);
      }),
      { numRuns: 200 }
    );
  });

  it('a ramp is one call, in place', () => {
    const steps = stepsTo({ percent: 50, include: ['a'] }, 'F', [share(25), users(['a'])]);
    expect(steps).toMatchObject([
      { do: 'replace', id: 's', body: { parameters: { rollout: '50', stickiness: 'userId' } } },
    ]);
  });

  it('everybody includes callers whom nothing identifies', () => {
    expect(
      stepsTo({ percent: 100, include: [] }, 'F', [
        share(100, 's', { parameters: { rollout: '100', groupId: 'F', stickiness: 'userId' } }),
      ])
    ).toMatchObject([{ do: 'replace', body: { parameters: { stickiness: 'default' } } }]);
  });
});

describe('steps back', () => {
  it('lead to the captured strategies from wherever somebody left them', () => {
    fc.assert(
      fc.property(exposure, exposure, fc.subarray(['s', 'u', 'x']), (from, to, gone) => {
        const before = performAll([], stepsTo(from, 'F', [])).at(-1) ?? [];
        const captured = [...before, share(7, 'x', { title: 'theirs', segments: [3] })];
        const moved = performAll(captured, stepsTo(to, 'F', captured)).at(-1) ?? captured;
        const now = moved.filter(({ id }) => !gone.includes(id));
        const end = performAll(now, stepsBack(captured, now)).at(-1) ?? now;
        const bodies = (strategies: Strategy[]): string[] =>
          strategies.map(({ id: _id, sortOrder: _sortOrder, ...body }) => JSON.stringify(body)).sort();
        expect(bodies(end)).toEqual(bodies(captured));
      }),
      { numRuns: 200 }
    );
  });

  it('a strategy that was given a title is made anew: Unleash keeps a title when none is sent', () => {
    expect(stepsBack([share(5)], [share(5, 's', { title: 'theirs' })])).toMatchObject([
      { do: 'add' },
      { do: 'remove', id: 's' },
    ]);
  });

  it('the same strategies under new ids are the same', () => {
    expect(sameStrategies([share(5), users(['a'])], [users(['a'], 'v'), share(5, 't')])).toBe(true);
    expect(sameStrategies([share(5)], [share(6)])).toBe(false);
  });
});
