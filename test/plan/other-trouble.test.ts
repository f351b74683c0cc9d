import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OtherAlert } from '../../src/plan/alertmanager.js';
import { otherTrouble } from '../../src/plan/other-trouble.js';
import { readTrouble } from '../../src/plan/trouble.js';
import { guardedMetrics, guardedPlan } from '../support/stage/guarded.js';
import { incidents, phase, severity } from '../support/stage/plans.js';

const watched = { metric: 'success', level: 'critical' } as const;
const plan = guardedPlan([phase('1a'), phase('1b')], {
  id: 'checkout',
  incidents: incidents({
    severities: [
      severity(1, [{ id: 'isolation-violation' }]),
      severity(2, [{ id: 'latency-warns', when: { metric: 'latency', level: 'warning' } }]),
      severity(3, [{ id: 'slow' }]),
    ],
  }),
});
/** A plan that leads no incidents. */
function without(of: typeof plan): typeof plan {
  const { incidents: _, ...bare } = of;
  return bare;
}

/** In which a cause has the red metric. */
const caused = {
  ...plan,
  incidents: incidents({ severities: [severity(1, []), severity(2, [{ id: 'bad', when: watched }])] }),
};

function alert(labels: Record<string, string>): OtherAlert {
  return { name: 'A', key: 'alertmanager/f', title: 'A title', reason: 'a reason', at: 7, labels };
}

const read = (labels: Record<string, string>, of = plan) => {
  const found = otherTrouble(alert(labels), of);
  if (!('trouble' in found)) throw new Error(`it says nothing: ${JSON.stringify(found)}`);
  expect(readTrouble(found.trouble)).toEqual(found.trouble);
  return found;
};

describe("another system's alert", () => {
  it('is told as it is, where the plan knows every name', () => {
    expect(
      read({
        severity: 'critical',
        phasegate_cause: 'Isolation-Violation',
        phasegate_metric: 'latency',
        phasegate_phase: '1b',
      })
    ).toEqual({
      trouble: {
        dedupKey: 'alertmanager/f',
        source: 'alertmanager',
        title: 'A title',
        reason: 'a reason',
        at: 7,
        level: 'critical',
        cause: 'isolation-violation',
        metric: 'latency',
        phase: '1b',
      },
      severity: 1,
      isGrave: true,
      isRendered: false,
      unknown: [],
    });
  });

  it.each<[string | undefined, string | undefined, number]>([
    ['critical', 'critical', 2],
    ['Page', 'critical', 2],
    ['error', 'critical', 2],
    ['warning', 'warning', 3],
    ['warn', 'warning', 3],
    ['info', undefined, 3],
    ['none', undefined, 3],
    [undefined, undefined, 3],
  ])('of severity %s has level %s and opens severity %i', (word, level, opens) => {
    const { trouble, ...found } = read(word === undefined ? {} : { severity: word });
    expect([trouble.level, found]).toEqual([
      level,
      { severity: opens, isGrave: opens < 3, isRendered: false, unknown: [] },
    ]);
  });

  it.each<[string, Record<string, string>, string, number]>([
    [
      'cause',
      { phasegate_cause: 'isolation-violaton', severity: 'critical' },
      'did you mean "isolation-violation"?',
      2,
    ],
    ['cause', { phasegate_cause: 'isolation-violaton', severity: 'warning' }, 'did you mean "isolation-violation"?', 3],
    ['cause', { phasegate_cause: 'isolation-violaton' }, 'did you mean "isolation-violation"?', 2],
    ['cause', { phasegate_cause: 'isolation-violaton', severity: 'info' }, 'did you mean "isolation-violation"?', 3],
    ['metric', { phasegate_metric: 'sucess', severity: 'critical' }, 'did you mean "success"?', 2],
    ['metric', { phasegate_metric: 'sucess', severity: 'warning' }, 'did you mean "success"?', 3],
    ['metric', { phasegate_metric: 'sucess' }, 'did you mean "success"?', 2],
    ['metric', { phasegate_metric: 'constructor' }, 'the metrics of the plan checkout are success, latency', 2],
    ['phase', { phasegate_phase: '9z', severity: 'critical' }, 'the phases of the plan checkout are 1a, 1b', 2],
  ])(
    'with a %s that the plan does not know, %j, says so and is what its severity says',
    (name, labels, hint, opens) => {
      const label = `phasegate_${name}`;
      const { trouble, severity: opened, unknown } = read(labels);
      expect(unknown).toEqual([{ label, value: labels[label], hint }]);
      expect(trouble).not.toHaveProperty(name);
      expect(trouble.reason).toBe(`a reason (${label} "${labels[label]}" is unknown: ${hint})`);
      expect(opened).toBe(opens);
    }
  );

  it('of an unknown severity asks people, and takes nothing back by itself', () => {
    const { trouble, ...found } = read({ severity: 'critcal', phasegate_metric: 'success' });
    expect(found).toEqual({
      severity: 2,
      isGrave: true,
      isRendered: false,
      unknown: [{ label: 'severity', value: 'critcal', hint: 'did you mean "critical"?' }],
    });
    expect(trouble).toMatchObject({ level: 'unknown', metric: 'success' });
    // Where its cause is known, that decides.
    expect(read({ severity: 'P5', phasegate_cause: 'slow' })).toMatchObject({
      severity: 3,
      unknown: [{ hint: 'the severities are critical, page, error, warning, warn, info, none' }],
    });
  });

  it('with a label of ours that is none is not read as if it were not there', () => {
    expect(read({ phasegate_cuase: 'isolation-violation' })).toMatchObject({
      severity: 2,
      unknown: [{ label: 'phasegate_cuase', hint: 'did you mean "phasegate_cause"?' }],
    });
    expect(read({ phasegate_component: '1a', severity: 'warning' })).toMatchObject({
      severity: 3,
      unknown: [{ hint: expect.stringContaining('phasegate_phase') as string }],
    });
    expect(read({ component: '1a', team: 'x', severity: 'warning' }).unknown).toEqual([]);
  });

  it('about a plan that leads no incidents has no severity, and its cause is unknown', () => {
    expect(read({ phasegate_cause: 'slow', severity: 'critical' }, without(plan))).toEqual({
      trouble: expect.objectContaining({ level: 'critical' }) as object,
      isGrave: true,
      isRendered: false,
      unknown: [{ label: 'phasegate_cause', value: 'slow', hint: 'there are no causes of the plan checkout' }],
    });
  });

  it('is believed where the plan cannot be read, but for its severity', () => {
    const found = otherTrouble(alert({ phasegate_cause: 'x', phasegate_metric: 'y', severity: 'odd' }), undefined);
    expect(found).toMatchObject({
      trouble: { cause: 'x', metric: 'y', level: 'unknown' },
      isGrave: true,
      unknown: [{ label: 'severity' }],
    });
    expect(found).not.toHaveProperty('severity');
    expect(otherTrouble(alert({ phasegate_cause: 'x'.repeat(101) }), undefined)).toEqual({
      problem: 'A is nothing that a run can be told: a label or its time is out of all bounds',
    });
  });

  it.each<[string, Record<string, string>, typeof plan | undefined, boolean]>([
    ['medium, by its cause alone', { phasegate_cause: 'slow', severity: 'critical' }, plan, false],
    [
      'of severity 1 by its cause, though it only warns',
      { phasegate_cause: 'isolation-violation', severity: 'warn' },
      plan,
      true,
    ],
    ['critical about a plan without incidents', { severity: 'critical' }, without(plan), true],
    ['a warning about a plan without incidents', { severity: 'warning' }, without(plan), false],
    ['of no severity about a plan without incidents', {}, without(plan), false],
    ['of an unknown severity about a plan without incidents', { severity: 'odd' }, without(plan), true],
    ['critical about a plan that nobody can read', { severity: 'critical' }, undefined, true],
    ['a warning about a plan that nobody can read', { severity: 'warning' }, undefined, false],
    ['of a cause of a plan that nobody can read', { phasegate_cause: 'x' }, undefined, true],
    [
      'a warning of a cause of a plan that nobody can read',
      { phasegate_cause: 'x', severity: 'warn' },
      undefined,
      true,
    ],
    ['without a word about a plan that nobody can read', {}, undefined, false],
  ])('%s must be heard among many, or need not: %j', (_, labels, of, isGrave) => {
    expect(otherTrouble(alert(labels), of)).toMatchObject({ isGrave });
  });

  it.each([
    [20, ''],
    [21, ' and 1 more'],
    [25, ' and 5 more'],
  ])('names at most twenty of %i names that are known', (count, more) => {
    const names = Array.from({ length: count }, (_, at) => `metric-${at}`);
    const metrics = Object.fromEntries(names.map((name) => [name, { ...guardedMetrics['latency'], name }]));
    const { unknown } = read({ phasegate_metric: 'nothing like it' }, { ...plan, metrics } as typeof plan);
    const listed = names.slice(0, 20).join(', ');
    expect(unknown[0]?.hint).toBe(`the metrics of the plan checkout are ${listed}${more}`);
  });

  it('names our labels where one is near none of them, and shows no more of it than its beginning', () => {
    const label = `phasegate_${'x'.repeat(200)}`;
    const { unknown } = read({ [label]: 'y'.repeat(200) });
    expect(unknown).toEqual([
      {
        label: label.slice(0, 100),
        value: 'y'.repeat(100),
        hint: expect.stringMatching(/^the labels are phasegate_plan, .*phasegate_rendered$/) as string,
      },
    ]);
  });

  it('says all that is unknown, and leaves at least half of the room to the alert', () => {
    const two = read({ phasegate_cause: 'slwo', phasegate_metric: 'sucess' });
    expect(two.trouble.reason).toBe(
      'a reason (phasegate_cause "slwo" is unknown: did you mean "slow"?; phasegate_metric "sucess" is unknown: did you mean "success"?)'
    );
    const many = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`phasegate_${at}${'x'.repeat(50)}`, 'y']));
    const crowded = otherTrouble({ ...alert(many), reason: 'r'.repeat(3_000) }, plan);
    if (!('trouble' in crowded)) throw new Error('it says nothing');
    expect(crowded.trouble.reason).toMatch(/^r{997} \(.{1000}\)$/);
    expect(read(many).trouble.reason).toMatch(/^a reason \(.{1000}\)$/);
    expect(otherTrouble({ ...alert({ severity: 'odd' }), reason: 'r'.repeat(2_000) }, plan)).toMatchObject({
      trouble: { reason: expect.stringMatching(/^r{1900,} \(severity "odd" is unknown: .*\)$/) as string },
    });
  });

  it('is nothing that a run can be told when its time is none', () => {
    expect(otherTrouble({ ...alert({}), at: Number.NaN }, plan)).toHaveProperty('problem');
  });

  it('whatever its labels are, is a trouble that a run takes', () => {
    const label = fc.constantFrom(
      'severity',
      'phasegate_cause',
      'phasegate_metric',
      'phasegate_phase',
      'phasegate_x',
      'y'
    );
    const text = fc.oneof(
      fc.string({ maxLength: 3_000 }),
      fc.constantFrom('critical', 'success', '1a', 'slow', '__proto__')
    );
    fc.assert(
      fc.property(fc.dictionary(label, text), fc.string({ maxLength: 2_000 }), (labels, reason) => {
        const found = otherTrouble({ ...alert(labels), reason }, plan);
        if (!('trouble' in found)) throw new Error('it says nothing');
        expect(readTrouble(found.trouble)).toEqual(found.trouble);
      })
    );
  });
});

describe('what the guard tells too', () => {
  it.each<[string, Record<string, string>, typeof plan, string]>([
    ['a red metric', { phasegate_metric: 'success', severity: 'critical' }, plan, 'guard/metric/success'],
    ['a cause that it watches', { phasegate_cause: 'latency-warns' }, plan, 'guard/cause/latency-warns'],
    ['a cause that nobody watches', { phasegate_cause: 'slow' }, plan, 'alertmanager/f'],
    ['a metric that is not red', { phasegate_metric: 'latency', severity: 'critical' }, plan, 'alertmanager/f'],
    ['a warning', { phasegate_metric: 'success', severity: 'warning' }, plan, 'alertmanager/f'],
    ['a red metric that a cause has', { phasegate_metric: 'success', severity: 'critical' }, caused, 'alertmanager/f'],
  ])('has its key: %s', (_, labels, of, key) => {
    expect(read(labels, of).trouble.dedupKey).toBe(key);
  });

  const rendered = { phasegate_rendered: 'true' };

  it('is of the cause that the plan of the run has, when a rendered rule says it', () => {
    const labels = { ...rendered, phasegate_metric: 'success', severity: 'critical' };
    expect(read(labels, caused)).toMatchObject({
      trouble: { dedupKey: 'guard/cause/bad', cause: 'bad' },
      severity: 2,
      isRendered: true,
    });
    // What is beyond critical is beyond the warning too.
    expect(read({ ...rendered, phasegate_metric: 'latency', severity: 'critical' })).toMatchObject({
      trouble: { dedupKey: 'guard/cause/latency-warns' },
      severity: 2,
    });
  });

  it('is of the cause that a rendered rule is for, also where no threshold decides it', () => {
    const when = { metric: 'latency', bound: { op: '>' as const, value: 9, text: '> 9s' } };
    const outage = { ...plan, incidents: incidents({ severities: [severity(1, [{ id: 'outage', when }])] }) };
    const labels = { ...rendered, phasegate_metric: 'latency', phasegate_cause: 'outage', severity: 'critical' };
    expect(read(labels, outage)).toMatchObject({ trouble: { dedupKey: 'guard/cause/outage' }, severity: 1 });
  });

  it.each([
    ['of no severity', {}, 3, undefined],
    ['of one that says little', { severity: 'info' }, 3, undefined],
    ['of an unknown one', { severity: 'critcal' }, 2, 'unknown'],
  ])('is judged by people where a rendered rule is %s', (_, labels, severity, level) => {
    const found = read({ ...rendered, phasegate_metric: 'success', ...labels });
    expect([found.severity, found.trouble.level]).toEqual([severity, level]);
  });

  it('is an alert of the guard alone, where a rendered rule says what makes no incident', () => {
    const warning = alert({ ...rendered, phasegate_metric: 'success', severity: 'warning' });
    expect(otherTrouble(warning, plan)).toEqual({ guarded: 'success' });
    // Nobody watches it there, or nobody else.
    const { guard, ...unguarded } = plan;
    expect(otherTrouble(warning, unguarded)).toMatchObject({ severity: 3 });
    const other = { ...plan, ...(guard ? { guard: { ...guard, metrics: ['latency'] } } : {}) };
    expect(otherTrouble(warning, other)).toMatchObject({ severity: 3 });
    expect(read({ ...rendered, phasegate_metric: 'sucess', severity: 'critical' })).toMatchObject({ severity: 2 });
  });
});
