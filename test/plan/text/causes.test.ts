import { expect, it } from 'vitest';
import type { CauseRule } from '../../../src/plan/model.js';
import { ruleText } from '../../../src/plan/text/causes.js';

const metric = 'latency';
it.each<[CauseRule, string]>([
  [{ metric, level: 'critical' }, 'latency is critical'],
  [{ metric, bound: { op: '>', value: 2, text: '> 2s' } }, 'latency > 2s'],
  [{ metric, slower: { above: 0.2 } }, 'latency more than 20% above baseline'],
  [{ metric, slower: { above: 0.2, below: 0.5 } }, 'latency more than 20% and at most 50% above baseline'],
])('the cause %j is told as: %s', (rule, text) => {
  expect(ruleText(rule)).toBe(text);
});
