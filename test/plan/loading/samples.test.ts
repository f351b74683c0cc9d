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
