import { describe, expect, it } from 'vitest';
import { unjudged } from '../../../src/plan/guard/causes.js';
import type { WatchedCause } from '../../../src/plan/guard/state.js';
import {
  cause,
  latency,
  rules,
  signs,
  successRate,
  take,
  told,
  violations,
  type Row,
} from '../../support/guard/guards.js';
import { bound, value } from '../../support/metrics/windows.js';

const latencies = (...numbers: number[]): Row[] => numbers.map((number) => ({ latency: value(number) }));
const causesIn = (news: Parameters<typeof told>[0]): string[] => told(news.filter(({ kind }) => kind === 'cause'));

describe('a cause of an incident', () => {
  it('holds while its metric is at its level', () => {
    const given = rules([successRate], { causes: [cause('loss', { metric: 'success_rate', level: 'critical' })] });
    const { news } = take(given, signs('..!!...'));
    expect(told(news)).toEqual([
      '3 success_rate ok -> critical',
      '3 cause loss',
      '6 success_rate critical -> ok',
      '6 no cause loss',
    ]);
    expect(news[1]?.reason).toBe('Cause loss: success_rate at its critical threshold: 50% at 2026-11-22 10:00:03Z');
  });

  it('at the warning level holds for a critical metric, unless a cause of its own has that', () => {
    const warning = cause('warned', { metric: 'success_rate', level: 'warning' });
    const critical = cause('lost', { metric: 'success_rate', level: 'critical' });
    expect(causesIn(take(rules([successRate], { causes: [warning] }), signs('!!')).news)).toEqual(['1 cause warned']);
    expect(causesIn(take(rules([successRate], { causes: [warning, critical] }), signs('!!')).news)).toEqual([
      '1 cause lost',
    ]);
  });

  it('at the warning level holds at the warning, whatever cause has the critical one', () => {
    const causes = [
      cause('warned', { metric: 'success_rate', level: 'warning' }),
      cause('lost', { metric: 'success_rate', level: 'critical' }),
    ];
    expect(causesIn(take(rules([successRate], { causes }), signs('ww!!')).news)).toEqual([
      '1 cause warned',
      '3 no cause warned',
      '3 cause lost',
    ]);
    const other = cause('slow', { metric: 'latency', level: 'critical' });
    expect(causesIn(take(rules([successRate], { causes: [causes[0]!, other] }), signs('!!')).news)).toEqual([
      '1 cause warned',
    ]);
  });

  it('with a bound of its own holds as long as that is crossed', () => {
    const given = rules([latency], { causes: [cause('slow', { metric: 'latency', bound: bound('>', 1) })] });
    expect(causesIn(take(given, latencies(1.5, 0.5, 1.5, 1.5, 0.5, 0.5, 0.5)).news)).toEqual([
      '3 cause slow',
      '6 no cause slow',
    ]);
  });

  it('with a bound on a count means its increase', () => {
    const given = rules([violations], {
      baseline: { violations: 7 },
      causes: [cause('leak', { metric: 'violations', bound: bound('>=', 2) })],
    });
    const counts = [8, 8, 9, 9].map((number) => ({ violations: value(number) }));
    expect(causesIn(take(given, counts).news)).toEqual(['3 cause leak']);
  });

  it('slower than the baseline holds between its two ends', () => {
    const given = rules([latency], {
      baseline: { latency: 1 },
      causes: [
        cause('some', { metric: 'latency', slower: { above: 0.2, below: 0.5 } }),
        cause('much', { metric: 'latency', slower: { above: 0.5 } }),
      ],
    });
    expect(causesIn(take(given, latencies(1.2, 1.2)).news)).toEqual([]);
    expect(causesIn(take(given, latencies(1.3, 1.5)).news)).toEqual(['1 cause some']);
    expect(causesIn(take(given, latencies(1.6, 1.6)).news)).toEqual(['1 cause much']);
  });

  it('slower than the baseline is over after three samples that are not, however much faster they are', () => {
    const given = rules([latency], {
      baseline: { latency: 1 },
      causes: [cause('some', { metric: 'latency', slower: { above: 0.2 } })],
    });
    expect(causesIn(take(given, latencies(1.3, 1.3, 1, 0.1, 0.1)).news)).toEqual(['1 cause some', '4 no cause some']);
    expect(causesIn(take(given, latencies(0.1, 0.1, 0.1)).news)).toEqual([]);
  });

  it('that has nothing to compare with never holds, and is named', () => {
    const slower = cause('some', { metric: 'latency', slower: { above: 0.2 } });
    const given = rules([latency], { causes: [slower] });
    expect(causesIn(take(given, latencies(9, 9, 9)).news)).toEqual([]);
    expect(unjudged(given)).toEqual([slower]);
    expect(unjudged({ ...given, baseline: { latency: 1 } })).toEqual([]);
  });

  describe.each<[string, WatchedCause['when']]>([
    ['a bound', { metric: 'latency', bound: bound('>', 1) }],
    ['a baseline', { metric: 'latency', slower: { above: 0.2 } }],
  ])('with %s', (_, when) => {
    it.each<[string, Row]>([
      ['a gap', { latency: { kind: 'no-data' } }],
      ['an error', { latency: { kind: 'error', reason: 'connect ECONNREFUSED' } }],
      ['a value that is no number', { latency: value(NaN) }],
      ['a value without end', { latency: value(Infinity) }],
      ['a sample without its metric', {}],
    ])('is neither confirmed nor cleared by %s', (_what, gap) => {
      const given = rules([latency], { causes: [cause('slow', when)], baseline: { latency: 1 } });
      expect(causesIn(take(given, [gap, gap, ...latencies(1.5), gap]).news)).toEqual([]);
      const rows = [...latencies(1.5), gap, ...latencies(1.5), gap, gap, gap, ...latencies(0.5, 0.5)];
      expect(causesIn(take(given, rows).news)).toEqual(['2 cause slow']);
    });
  });

  it.each<[WatchedCause['when'], string, string]>([
    [{ metric: 'latency', bound: bound('>', 1) }, 'Cause slow: latency > 1: 1.5s at ', 'latency > 1'],
    [
      { metric: 'latency', slower: { above: 0.2 } },
      'Cause slow: latency more than 20% above its baseline of 1s: 1.5s at ',
      'latency more than 20% above its baseline of 1s',
    ],
    [
      { metric: 'latency', slower: { above: 0.2, below: 0.5 } },
      'Cause slow: latency more than 20% and at most 50% above its baseline of 1s: 1.5s at ',
      'latency more than 20% and at most 50% above its baseline of 1s',
    ],
  ])('says by which rule it holds, and when it does no longer: %j', (when, holds, rule) => {
    const given = rules([successRate, latency], { causes: [cause('slow', when)], baseline: { latency: 1 } });
    const rows = latencies(1.5, 1.5, 0.5, 0.5, 0.5).map((row) => ({ ...row, success_rate: value(0.99) }));
    expect(take(given, rows).news.map(({ reason }) => reason)).toEqual([
      `${holds}2026-11-22 10:00:01Z`,
      `no longer: Cause slow (${rule}): 500ms at 2026-11-22 10:00:04Z`,
    ]);
  });
});
