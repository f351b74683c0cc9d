import { afterAll, beforeAll, beforeEach } from 'vitest';
import { openStage, type Stage } from '../../support/stage/stage.js';

/**
 * A stage for the tests of a file, fresh before each.
 *
 * @param take gets it before each test, and the run of the test as people name it
 */
export function onCliStage(take: (stage: Stage, run: string) => void): void {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage();
  });
  beforeEach(async () => {
    await stage.fresh();
    take(stage, stage.id.replace('migration/', ''));
  });
  afterAll(() => stage.close());
}
