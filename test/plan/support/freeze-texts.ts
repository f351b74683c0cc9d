import { expect } from 'vitest';
import { freeze } from '../../../src/plan/freeze.js';
import type { FreezeResult } from '../../../src/plan/freeze.js';
import { loadEnvironment } from '../../../src/plan/load-environment.js';
import { loadPlan } from '../../../src/plan/load-plan.js';
import type { FrozenPlan } from '../../../src/plan/model.js';
import { sampleEnvironment, samplePlan } from './samples.js';

/** Loads and freezes two texts as the files plan.yaml and lab.yaml. */
export function freezeTexts(
  plan: string,
  environment: string,
  vars: Record<string, string> = {},
  startedBy?: string
): FreezeResult {
  return freeze({
    plan: loadPlan(plan, 'plan.yaml'),
    environment: loadEnvironment(environment, 'lab.yaml', vars),
    vars,
    ...(startedBy === undefined ? {} : { startedBy }),
  });
}

/** Freezes samples that have no fault. */
export function frozen(
  plan = samplePlan,
  environment = sampleEnvironment,
  vars: Record<string, string> = {}
): FrozenPlan {
  const result = freezeTexts(plan, environment, vars);
  expect(result.faults).toEqual([]);
  if (!result.frozen) throw new Error('not frozen');
  return result.frozen;
}
