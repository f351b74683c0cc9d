import { it } from 'vitest';
import { checkModel } from '../../support/models/check.js';
import { livesAreWhole } from '../../support/models/life/life-property.js';

it('a run keeps its promises, whatever fails, is said, paused, cancelled or terminated, and in whatever order', async () => {
  await checkModel('life of a run', 100, livesAreWhole({}));
}, 120_000);
