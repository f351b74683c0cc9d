import path from 'node:path';
import { readAndFreeze } from '../../../src/plan/read-and-freeze.js';
import type { FrozenPlan } from '../../../src/plan/model.js';

const root = path.resolve(import.meta.dirname, import.meta.filename.endsWith('.ts') ? '../../..' : '../../../..');

/** A Monday, in the week whose Sunday has only 23 hours in the time zone of the run. */
export const monday = Date.UTC(2030, 2, 25, 8);

/** The shipped plan as it runs in production, uncompressed, but that nobody needs to have approved it. */
export async function fullLengthPlan(): Promise<FrozenPlan> {
  const { frozen, faults } = await readAndFreeze(
    {
      plan: path.join(root, 'plans/user-execution-context.yaml'),
      environment: path.join(root, 'environments/example-production.yaml'),
    },
    { revision: 'v2' }
  );
  if (!frozen) throw new Error(`the shipped plan cannot be frozen: ${faults.map(({ message }) => message).join('; ')}`);
  return { ...frozen, environment: { ...frozen.environment, kind: 'staging' } };
}
