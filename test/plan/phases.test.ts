import { expect, it } from 'vitest';
import { deploymentPhases } from '../../src/plan/phases.js';
import { phase } from '../support/stage/plans.js';

it('neither the checklists before the phases nor the stages of a validation are among those that deploy', () => {
  const phases = [phase('before', { checklists: [] }), phase('1a'), phase('1b'), phase('after', { checklists: [] })];
  expect(deploymentPhases(phases).map(({ id }) => id)).toEqual(['1a', '1b']);
});
