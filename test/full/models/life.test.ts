import { expect, it } from 'vitest';
import { checkModel } from '../../support/models/check.js';
import { livesAreWhole, type Reached } from '../../support/models/life/life-property.js';

// A life costs some 20 ms of one core, most of it real workflow code: that, and nothing else, limits the count.
it('a run keeps its promises over 10,000 lives', async () => {
  const reached: Reached = {};
  await checkModel('life of a run', 10_000, livesAreWhole(reached));

  const ends = ['completed', 'failed', 'rolled-back-not-verified', 'rolled-back-verified', 'terminated'];
  expect(Object.keys(reached)).toEqual(expect.arrayContaining([...ends, 'orphaned', 'in order']));
}, 3_600_000);
