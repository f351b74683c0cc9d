import { afterAll, beforeAll, expect, it } from 'vitest';
import { environment, phase, plan, step } from '../support/stage/plans.js';
import { openStage, type Stage } from '../support/stage/stage.js';

const mail = {
  kind: 'email',
  name: 'mail',
  smtp: '127.0.0.1:25',
  security: 'none',
  from: 'phasegate@example.test',
  to: [],
} as const;

let stage: Stage;
beforeAll(async () => {
  const { people } = environment('any');
  const reachable = people.map((person) => ({ ...person, email: `${person.name}@example.test` }));
  stage = await openStage({ notify: [{ ...mail, to: [] }], people: reachable });
});
afterAll(() => stage.close());

it('where a channel sends e-mail, a request says the addresses of those whom it is for', async () => {
  await stage.start(
    plan([phase('1a', { before: [step.attest('ready', { by: 'lead' })], steps: [step.flag('core')] })])
  );
  const note = await stage.until('the request', () => stage.world.notes.find(({ kind }) => kind === 'attestation'));
  expect(note.to.length).toBeGreaterThan(0);
  expect(note.addresses).toEqual(note.to.map((name) => `${name}@example.test`));
});
