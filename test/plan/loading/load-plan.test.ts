import { describe, expect, it } from 'vitest';
import { freeze } from '../../../src/plan/freeze.js';
import { loadEnvironment } from '../../../src/plan/load-environment.js';
import { loadPlan } from '../../../src/plan/load-plan.js';
import { sampleEnvironment, samplePlan } from '../support/samples.js';

describe('the samples that other tests change', () => {
  it('have no fault', () => {
    const plan = loadPlan(samplePlan, 'plan.yaml');
    const environment = loadEnvironment(sampleEnvironment, 'lab.yaml', {});
    expect(plan.faults).toEqual([]);
    expect(environment.faults).toEqual([]);
    expect(freeze({ plan, environment, vars: {} }).faults).toEqual([]);
  });
});

describe('a plan', () => {
  it('is checked to the end: faults of shape and of meaning come together', () => {
    const text = samplePlan
      .replace('every: 15s', 'evry: 15s')
      .replace('by: ops', 'by: opps')
      .replace('latency < 2s]', 'latencyy < 2s]')
      .replace('phases: [one]', 'phases: [on]')
      .replace("warning: '> 2%'", 'warning: 2');
    const { faults } = loadPlan(text, 'plan.yaml');
    expect(faults.map((fault) => fault.message)).toEqual([
      'expected text, found 2',
      'unknown role "opps"',
      'unknown key "evry"',
      'unknown metric "latencyy"',
      'unknown phase "on"',
    ]);
  });

  it('is told from an environment, in one fault and not in fifty', () => {
    expect(loadPlan(sampleEnvironment, 'lab.yaml').faults).toMatchObject([
      { code: 'PG103', line: 1, column: 12, message: 'this is an environment, not a plan' },
    ]);
    expect(loadEnvironment(samplePlan, 'plan.yaml', {}).faults).toMatchObject([
      { code: 'PG103', line: 1, column: 12, message: 'this is a plan, not an environment' },
    ]);
  });

  it('says that its header is missing', () => {
    expect(loadPlan(samplePlan.replace('phasegate: plan/v1\n', ''), 'plan.yaml').faults).toMatchObject([
      { line: 1, column: 1, message: 'missing key "phasegate"' },
    ]);
  });
});
