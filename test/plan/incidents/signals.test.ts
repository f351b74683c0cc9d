import { describe, expect, it } from 'vitest';
import { readSignal } from '../../../src/plan/incidents/signals.js';
import { readAcknowledgedElsewhere, readLevel, readTrouble } from '../../../src/plan/trouble.js';

const readers = {
  ...readSignal,
  trouble: readTrouble,
  level: readLevel,
  elsewhere: readAcknowledgedElsewhere,
};
const news = { run: 'r', number: 1, state: 'open', warRoom: false };
const rollback = { kind: 'rollback', reach: 'all', state: 'running', reason: 'leak' };
const trouble = { dedupKey: 'k', source: 'guard', title: 't', reason: 'r', at: 1 };
const level = { level: 'warning', reason: 'r', at: 1 };
const elsewhere = { by: 'Ola', via: 'PagerDuty' };

describe('a signal between workflows', () => {
  it('cuts words that are too long: what becomes of a run must be heard', () => {
    expect(readers.order({ ...rollback, reason: 'r'.repeat(9000) })).toMatchObject({ reason: 'r'.repeat(4000) });
  });

  it.each<[keyof typeof readers, object]>([
    ...(['open', 'acknowledged', 'resolved', 'closed'] as const).map(
      (state) => ['news', { ...news, state }] as ['news', object]
    ),
    ...(['severity-1', 'multiple-severity-2', 'rollback', 'customer-escalation'] as const).map(
      (trigger) => ['order', { kind: 'war-room', trigger }] as ['order', object]
    ),
    ...(['running', 'verified', 'not verified'] as const).map(
      (state) => ['order', { ...rollback, state }] as ['order', object]
    ),
    ['order', { ...rollback, reach: 'component', by: 'erin', safeAt: 7 }],
    ['order', { kind: 'also', trouble: 'x' }],
    ['order', { kind: 'also', trouble: 'x', cause: 'leak' }],
    ['order', { kind: 'also', trouble: 'x', page: 'm#00000000/guard/cause/bad' }],
    ['takeBack', { reason: 'r', reach: 'phase' }],
    ['takeBack', { reason: 'r', reach: 'all', more: true }],
    ['hold', {}],
    ['hold', { held: { by: 'erin', reason: 'r', at: 1 } }],
    ['trouble', trouble],
    ['trouble', { ...trouble, source: 'alertmanager', cause: 'c', metric: 'm', level: 'critical' }],
    ['trouble', { ...trouble, level: 'warning' }],
    ['trouble', { ...trouble, value: 0.5, context: { affected: '12' } }],
    ...(['warning', 'critical', 'no-data', 'recovered', 'unwatched'] as const).map(
      (one) => ['level', { ...level, level: one }] as ['level', object]
    ),
    ['level', { ...level, value: 0.5, context: { affected: '12' }, page: 'everything' }],
    ['elsewhere', elsewhere],
    ['elsewhere', { ...elsewhere, page: 'everything' }],
  ])('%s %j is taken as it is', (kind, raw) => {
    expect(readers[kind](raw)).toEqual(raw);
  });

  it.each<[keyof typeof readers, unknown]>([
    ['news', undefined],
    ['news', { ...news, number: 0 }],
    ['news', { ...news, number: 1.5 }],
    ['news', { ...news, state: 'done' }],
    ['news', { ...news, run: 'r'.repeat(101) }],
    ['news', { ...news, more: 1 }],
    ['order', { kind: 'other' }],
    ['order', { kind: 'war-room', trigger: 'boredom' }],
    ['order', { ...rollback, state: 'asked' }],
    ['order', { ...rollback, reach: 'phase' }],
    ['order', { kind: 'also' }],
    ['takeBack', { reason: 'r', reach: 'component' }],
    ['takeBack', { reason: 'r', reach: 'all', more: false }],
    ['hold', { held: { by: 'erin' } }],
    ['hold', null],
    ['trouble', { ...trouble, dedupKey: '' }],
    ['trouble', { ...trouble, source: 'person' }],
    ['trouble', { ...trouble, level: 'no-data' }],
    ['trouble', { ...trouble, context: { affected: 12 } }],
    ['trouble', { ...trouble, at: 'now' }],
    ['trouble', { ...trouble, title: 't'.repeat(2001) }],
    ['level', { ...level, level: 'ok' }],
    ['level', { ...level, context: { affected: 12 } }],
    ['elsewhere', { ...elsewhere, by: ' ' }],
    ['elsewhere', { ...elsewhere, via: 'Opsgenie' }],
  ])('%s %j is none', (kind, raw) => {
    expect(readers[kind](raw)).toBeUndefined();
  });
});
