import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeAll } from '../../../src/plan/judge.js';
import type { WindowSpec } from '../../../src/plan/model.js';
import { firstVerdict, rankOf, readings, rowsOf, specs } from '../../support/metrics/random-windows.js';
import { judge, samplesOf, second, span, value, violations, windowSpec } from '../../support/metrics/windows.js';

/** Four samples make the length, twenty the planned time. */
const spec = windowSpec({ throughout: true, length: span(45 * second), deadline: span(300 * second) });
const ok = (count: number): string => '.'.repeat(count);

describe('a window that is watched throughout', () => {
  it.each([
    ['does not pass before its planned end, however good', ok(20), undefined],
    ['passes at its planned end', ok(21), 'PASS'],
    ['forgives a breach that did not last', ok(5) + 'xxx' + ok(13), 'PASS'],
    ['fails at once when a criterion is broken for its length', ok(5) + 'xxxx', 'FAIL'],
    ['is not failed by breaches with an ok sample between', ok(5) + 'xxx.xxx', undefined],
    ['counts a breach on both sides of a gap', ok(5) + 'xx-xx', 'FAIL'],
    ['goes on behind its end until the stretch is long enough', ok(20) + 'x' + ok(4), 'PASS'],
    ['fails behind its end when it never becomes good', ok(19) + 'x.x.x.x.', 'FAIL'],
    ['is on hold while nothing can be measured', ok(10) + '---', 'HOLD'],
  ])('%s', (_, samples, verdict) => {
    expect(judge(spec, samples).verdict).toBe(verdict);
  });

  it('says that it was watched to the end, and what was broken for how long', () => {
    expect(judge(spec, ok(21)).reason).toBe(
      'watched for 300s: "success_rate > 95%" held at its end, for 45s without a break'
    );
    expect(judge(spec, 'xxxx').reason).toMatch(
      /^"success_rate > 95%" was broken on all of 4 samples in a row \(45s\), at last success_rate 90%/
    );
  });

  it('fails at one breach of a criterion that allows none', () => {
    const strict = { ...spec, criteria: [{ ...violations, increase: false }] };
    const rows = [0, 0, 1].map((count) => ({ violations: value(count) }));
    expect(firstVerdict(strict, samplesOf(strict, rows)).verdict).toBe('FAIL');
  });

  const throughout = specs.map((one): WindowSpec => ({ ...one, throughout: true }));

  it('never passes earlier than the same window without it', () => {
    fc.assert(
      fc.property(specs, rowsOf(readings), (plain, rows) => {
        const samples = samplesOf(plain, rows);
        const long = firstVerdict({ ...plain, throughout: true }, samples);
        if (long.verdict !== 'PASS') return;
        expect(long.nextK).toBeGreaterThanOrEqual(Math.ceil(plain.deadline.ms / plain.every.ms));
      }),
      { numRuns: 1000 }
    );
  });

  it('never gives a better verdict for a worse measurement', () => {
    const worse = fc.array(fc.record({ at: fc.nat(39), by: fc.constantFrom(1, 2, 3, 5) }), {
      minLength: 1,
      maxLength: 5,
    });
    fc.assert(
      fc.property(throughout, rowsOf(readings), worse, (given, rows, changes) => {
        const worseRows = rows.map((row) => ({ ...row }));
        for (const { at, by } of changes) {
          const row = worseRows[at];
          const reading = row?.['latency'];
          if (row && reading?.kind === 'value') row['latency'] = value(reading.value + by);
        }
        const [better, poorer] = [rows, worseRows].map((each) => firstVerdict(given, samplesOf(given, each)));
        if (better && poorer) expect(rankOf(poorer)).toBeLessThanOrEqual(rankOf(better));
      }),
      { numRuns: 1500 }
    );
  });

  it('comes to the same verdict when a worker dies at any sample', () => {
    fc.assert(
      fc.property(throughout, rowsOf(readings), fc.nat(39), (given, rows, at) => {
        const samples = samplesOf(given, rows);
        const whole = firstVerdict(given, samples);
        const handed = JSON.parse(JSON.stringify(firstVerdict(given, samples.slice(0, at)))) as typeof whole;
        fc.pre(handed.verdict === undefined);
        const rest = samples.slice(handed.nextK);
        const resumed = judgeAll(given, handed, rest.slice(0, whole.nextK - handed.nextK));
        expect(resumed).toEqual(whole);
      }),
      { numRuns: 500 }
    );
  });
});
