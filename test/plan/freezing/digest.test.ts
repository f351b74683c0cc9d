import { describe, expect, it } from 'vitest';
import { frozen } from '../support/freeze-texts.js';
import { sampleEnvironment, samplePlan } from '../support/samples.js';

describe('the digest', () => {
  const { digest } = frozen();

  it('is a SHA-256 that does not depend on the order or form in which things are written', () => {
    expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    const turned = samplePlan.replace(
      '  lead: Lead\n  ops: Operations\n',
      '  "ops": Operations # first\n  lead: Lead\n'
    );
    expect(frozen(turned).digest).toBe(digest);
  });

  it.each([
    ['a threshold', () => frozen(samplePlan.replace('error_rate < 1% for 30m', 'error_rate < 2% for 30m'))],
    ['a query', () => frozen(samplePlan, sampleEnvironment.replace('latency_p95', 'latency_p99'))],
    ['a variable', () => frozen(samplePlan, sampleEnvironment, { revision: 'v3' })],
    ['a person', () => frozen(samplePlan, sampleEnvironment.replace('cyd: { title: Cyd', 'cyd: { title: Cydney'))],
  ])('changes with %s', (_, other) => {
    expect(other().digest).not.toBe(digest);
  });
});
