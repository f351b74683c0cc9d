import { expect, it } from 'vitest';
import { deploymentPhases, inValidation } from '../../src/plan/phases.js';
import { phase, span } from '../support/stage/plans.js';

it('neither the checklists before the phases nor the stages of a validation are among those that deploy', () => {
  const phases = [phase('before', { checklists: [] }), phase('1a'), phase('1b'), phase('after', { checklists: [] })];
  expect(deploymentPhases(phases).map(({ id }) => id)).toEqual(['1a', '1b']);
});

it('a run is in its validation from the end of its last deployment phase on, also between two stages, whatever checklists are done', () => {
  const stage = { since: '1a', from: span(0), to: span(1), repeatEvery: span(1) };
  const phases = [phase('before', { checklists: [] }), phase('1a'), phase('s1', { stage }), phase('s2', { stage })];
  const at = (...states: Array<'completed' | 'running' | 'pending'>): boolean =>
    inValidation(
      phases,
      phases.map(({ id }, n) => ({ id, state: states[n] ?? 'pending' }))
    );
  expect([at('completed'), at('completed', 'running'), at('completed', 'completed')]).toEqual([false, false, true]);
  expect([at('completed', 'completed', 'running'), at('completed', 'completed', 'completed')]).toEqual([true, true]);
});
