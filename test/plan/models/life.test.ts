import { expect, it } from 'vitest';
import { checkModel } from '../../support/models/check.js';
import { livesAreWhole, type Reached } from '../../support/models/life/life-property.js';

it('a run keeps its promises, whatever fails, is said, paused, cancelled or terminated, and in whatever order', async () => {
  const reached: Reached = {};
  await checkModel('life of a run', 100, livesAreWhole(reached));
  for (const end of ['rolled-back-verified', 'rolled-back-not-verified', 'terminated']) {
    expect(reached[end] ?? 0, end).toBeGreaterThan(0);
  }
}, 120_000);
