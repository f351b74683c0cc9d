import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import type { Info } from '@temporalio/activity';
import { createEnvironmentActivities } from '../../../src/activities/create-activities.js';
import type { EnvironmentActivities } from '../../../src/activities/contract.js';
import type { TestTools } from './tools.js';

/** All activities on test tools, each call in an activity context of its own. */
export function activitiesOn(tools: TestTools, info: Partial<Info> = {}): EnvironmentActivities {
  const { environment } = createEnvironmentActivities(tools);
  const inContext =
    <Input, Output>(run: (input: Input) => Promise<Output>) =>
    (input: Input): Promise<Output> =>
      new MockActivityEnvironment(info, { logger: new DefaultLogger('ERROR') }).run(run, input);
  return {
    captureChange: inContext(environment.captureChange),
    applyChange: inContext(environment.applyChange),
    verifyChange: inContext(environment.verifyChange),
    undoChange: inContext(environment.undoChange),
    runCheck: inContext(environment.runCheck),
    captureBaseline: inContext(environment.captureBaseline),
    notify: inContext(environment.notify),
    verifyIdentity: inContext(environment.verifyIdentity),
    recordEvidence: inContext(environment.recordEvidence),
    readEvidence: inContext(environment.readEvidence),
  };
}
