import { describe, expect, it } from 'vitest';
import { causeRulePattern, parseCauseRule } from '../../../src/plan/language/cause-rule.js';

const good: Array<[string, object]> = [
  ['error_rate is critical', { metric: 'error_rate', level: 'critical' }],
  ['error_rate  is   warning', { metric: 'error_rate', level: 'warning' }],
  ['success < 50%', { metric: 'success', comparison: { op: '<', value: '50%' } }],
  ['success<50%', { metric: 'success', comparison: { op: '<', value: '50%' } }],
  ['failures >= 1', { metric: 'failures', comparison: { op: '>=', value: '1' } }],
  ['latency more than 50% above baseline', { metric: 'latency', slower: { above: 0.5 } }],
  ['latency more than 20% and at most 50% above baseline', { metric: 'latency', slower: { above: 0.2, below: 0.5 } }],
];

const bad: Array<[string, string]> = [
  ['', 'does not say when it is an incident'],
  ['error_rate', 'does not say when it is an incident'],
  ['Error-Rate is critical', 'is not the name of a metric'],
  ['error_rate is red', '"is red" is no rule for an incident'],
  ['error_rate = 5%', '"=" is not an operator'],
  ['error_rate > 5% for 10m', 'names a time, but samples in a row decide'],
  ['latency more than 50% slower', 'is no rule for an incident'],
  ['latency more than 2s above baseline', '"2s" is no useful distance from a baseline'],
  ['latency more than 0% above baseline', 'no useful distance'],
  ['5 error_rate is critical', 'does not say when it is an incident'],
  ['latency at more than 50% above baseline', 'is no rule for an incident'],
  ['latency more than 50% above baseline or so', 'is no rule for an incident'],
  ['latency more than 20% and at most 2s above baseline', '"2s" is no useful distance from a baseline'],
  ['latency more than 20% and at most 20% above baseline', 'nothing is more than 20% and at most 20%'],
  ['latency more than 50% and at most 20% above baseline', 'nothing is more than 50% and at most 20%'],
];

describe('the rule of a cause', () => {
  it.each(good)('reads %j', (text, value) => {
    expect(parseCauseRule(text)).toEqual({ ok: true, value });
    expect(text.replace(/\s+/g, ' ')).toMatch(new RegExp(causeRulePattern));
  });

  it('forgives blanks around it', () => {
    expect(parseCauseRule(' error_rate is critical ')).toEqual({
      ok: true,
      value: { metric: 'error_rate', level: 'critical' },
    });
  });

  it.each(bad)('refuses %j, and says what to write', (text, problem) => {
    const result = parseCauseRule(text);
    expect(result).toMatchObject({ ok: false, problem: expect.stringContaining(problem) as string });
    expect(!result.ok && result.hint).toBeTruthy();
  });
});
