import path from 'node:path';
import { expect } from 'vitest';
import type { FrozenPlan } from '../../../src/plan/model.js';
import { readAndFreeze } from '../../../src/plan/read-and-freeze.js';

const root = path.resolve(import.meta.dirname, '../../..');
/** What the environment needs to be told. */
const variables = {
  demo: { revision: 'uec-1', platform: 'http://127.0.0.1:4000', 'flags-file': 'flags.json' },
  'example-production': { revision: 'uec-1' },
};

/** The shipped plan in one of its environments, as it is. */
export async function shippedPlan(
  environment: keyof typeof variables = 'example-production',
  change: Record<string, string> = {}
): Promise<FrozenPlan> {
  const { frozen, faults } = await readAndFreeze(
    {
      plan: path.join(root, 'plans/user-execution-context.yaml'),
      environment: path.join(root, `environments/${environment}.yaml`),
    },
    { ...variables[environment], ...change }
  );
  expect(faults).toEqual([]);
  if (!frozen) throw new Error('not frozen');
  return frozen;
}
