import { expect, it } from 'vitest';
import { checkModel } from '../../support/models/check.js';
import { gatesKeepTheirRules, type Reached } from '../../support/models/gates/gate-property.js';

it('an approval gate keeps its rules over 10,000 runs', async () => {
  const reached: Reached = {};
  await checkModel('gates', 10_000, gatesKeepTheirRules(reached));
  expect(Object.keys(reached).toSorted()).toEqual(['failed', 'open', 'passed', 'tried again', 'waived']);
}, 1_800_000);
