import { expect, it } from 'vitest';
import { checkModel } from '../../support/models/check.js';
import { wayBackIsWhole, type Reached } from '../../support/models/way-back/way-back-property.js';

it('the way back is whole over 10,000 runs', async () => {
  const reached: Reached = {};
  await checkModel('way back', 10_000, wayBackIsWhole(reached));
  expect(Object.keys(reached).toSorted()).toEqual(['accepted', 'again', 'by hand', 'whole']);
}, 1_800_000);
