import { describe, expect, it } from 'vitest';
import {
  beyondTitle,
  severityOf,
  specOf,
  triggerOf,
  troubleWords,
  worseThanWarning,
  type Begun,
} from '../../../src/plan/incidents/classify.js';
import type { Severity, WarRoomTrigger } from '../../../src/plan/model.js';
import type { Trouble } from '../../../src/plan/trouble.js';
import { incidents, severity, span } from '../../support/stage/plans.js';

const metrics = { leaks: { priority: 'red' }, latency: { priority: 'amber' }, free: {} } as const;

describe('how severe a trouble is', () => {
  it.each<[string, Partial<Trouble>, Severity]>([
    ['a cause of the plan', { cause: 'component', metric: 'leaks', level: 'critical' }, 2],
    ['a cause of the plan as somebody typed it', { cause: ' Leak ', level: 'warning' }, 1],
    ['a cause of the plan that a warning tells', { cause: 'leak', level: 'warning' }, 1],
    ['a red metric beyond its critical threshold', { metric: 'leaks', level: 'critical' }, 1],
    ['a red metric beyond its warning threshold', { metric: 'leaks', level: 'warning' }, 3],
    ['an amber metric beyond its critical threshold', { metric: 'latency', level: 'critical' }, 2],
    ['a metric without a priority', { metric: 'free', level: 'critical' }, 2],
    ['a metric that the plan does not know', { metric: 'other', level: 'critical' }, 2],
    ['an alert of another system', { level: 'critical' }, 2],
    ['a cause that the plan does not know', { cause: 'boom', metric: 'leaks', level: 'critical' }, 1],
    ['nothing more than that there is trouble', {}, 3],
  ])('%s', (_what, trouble, expected) => {
    expect(severityOf(incidents(), trouble, metrics)).toBe(expected);
  });

  it('has the rules of the next less severe one where the plan has none of its own', () => {
    const some = incidents({ severities: [severity(3), severity(1)] });
    expect([1, 2, 3].map((one) => specOf(some, one as Severity)?.severity)).toEqual([1, 3, 3]);
    expect(specOf(incidents({ severities: [severity(1)] }), 3)?.severity).toBe(1);
    expect(specOf(incidents({ severities: [] }), 3)).toBeUndefined();
  });

  it('is told once where the title says all', () => {
    expect(troubleWords({ title: 'slow', reason: 'slow' })).toBe('slow');
    expect(troubleWords({ title: 'slow', reason: 'slow since noon' })).toBe('slow since noon');
    expect(troubleWords({ title: 'slow', reason: 'it is slow' })).toBe('slow: it is slow');
    expect(troubleWords({ title: 'Latency', reason: 'p95 is 9 s' })).toBe('Latency: p95 is 9 s');
  });
});

describe('what a person may declare at a warning', () => {
  const bound = { op: '>' as const, value: 5, text: '> 5' };
  const plan = incidents({
    severities: [
      severity(3, [{ id: 'slow', when: { metric: 'slowness', level: 'critical' } }]),
      severity(2, [
        { id: 'declared' },
        { id: 'warned', when: { metric: 'latency', level: 'warning' } },
        { id: 'late', when: { metric: 'latency', bound } },
        { id: 'leaky', when: { metric: 'leaks', bound } },
      ]),
      severity(1, [{ id: 'leak', when: { metric: 'leaks', level: 'critical' } }]),
    ],
  });

  it.each([
    ['the gravest cause of the metric', 'leaks', { cause: 'leak', severity: 1 }],
    ['no cause that the warning itself is', 'latency', { cause: 'late', severity: 2 }],
    ['nothing where the cause takes nothing back', 'slowness', undefined],
    ['nothing where no cause is about the metric', 'other', undefined],
  ])('is %s', (_, metric, expected) => {
    const found = worseThanWarning(plan, metric);
    expect(found && { cause: found.cause, severity: found.severity }).toEqual(expected);
  });
});

describe('a war room', () => {
  const at = (openedAt: number, change: Partial<Begun> = {}): Begun => ({
    severity: 2,
    openedAt,
    open: false,
    ...change,
  });
  it.each<[string, Partial<Begun> & { customer?: boolean; rollback?: boolean }, Begun[], WarRoomTrigger | undefined]>([
    ['severity 1', { severity: 1 }, [], 'severity-1'],
    ['one of severity 2', {}, [], undefined],
    ['severity 2 beside an open one, however old', {}, [at(0, { open: true })], 'multiple-severity-2'],
    ['severity 2 within a day of one that is over', {}, [at(20)], 'multiple-severity-2'],
    ['severity 2 just a day after one that is over', {}, [at(10)], 'multiple-severity-2'],
    ['severity 2 more than a day after one that is over', {}, [at(0)], undefined],
    ['severity 3 beside two of severity 2', { severity: 3 }, [at(20, { open: true }), at(21)], undefined],
    ['severity 2 beside one of severity 1', {}, [at(20, { severity: 1, open: true })], undefined],
    ['a rollback', { rollback: true }, [], 'rollback'],
    ['a customer who escalates', { severity: 3, customer: true }, [], 'customer-escalation'],
    ['all at once: the gravest is named', { severity: 1, rollback: true, customer: true }, [], 'severity-1'],
  ])('for %s', (_what, change, others, expected) => {
    const plan = incidents({ multipleWithin: span(86_400_000) });
    expect(triggerOf(plan, { ...at(86_400_010, { open: true }), ...change }, others)).toBe(expected);
  });

  it('opens for nothing that the plan does not name', () => {
    const { warRoom, ...without } = incidents();
    const now = { ...at(0), severity: 1, customer: true } as const;
    expect(triggerOf(without, now, [])).toBeUndefined();
    expect(triggerOf({ ...without, warRoom: { ...warRoom!, triggers: ['customer-escalation'] } }, now, [])).toBe(
      'customer-escalation'
    );
  });
});

describe('what a reason adds to its title', () => {
  it.each([
    ['early', 'early', ''],
    ['Slow', 'Slow: p95 is 9 s', 'p95 is 9 s'],
    ['Slow', 'p95 is 9 s', 'p95 is 9 s'],
    // A long one whose beginning is its title.
    ['all of the', 'all of the tools fail', 'all of the tools fail'],
  ])('%s, %s', (title, reason, rest) => {
    expect(beyondTitle({ title, reason })).toBe(rest);
  });
});
