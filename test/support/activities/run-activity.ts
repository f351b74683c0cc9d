import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import type { Info } from '@temporalio/activity';
import { createEnvironmentActivities } from '../../../src/activities/create-activities.js';
import type { EnvironmentActivities } from '../../../src/activities/contract.js';
import type { TestTools } from './tools.js';

/** All activities on test tools, each call in an activity context of its own. */
export function activitiesOn(tools: TestTools, info: Partial<Info> = {}): EnvironmentActivities {
  const { environment } = createEnvironmentActivities(tools);
  const inContext = (Object.entries(environment) as Array<[string, Activity]>).map(([name, run]) => [
    name,
    (input: unknown) => new MockActivityEnvironment(info, { logger: new DefaultLogger('ERROR') }).run(run, input),
  ]);
  return Object.fromEntries(inContext) as EnvironmentActivities;
}

type Activity = (input: unknown) => Promise<unknown>;
