import { beforeEach, describe, expect, it } from 'vitest';
import { phase, plan, step } from '../../support/stage/plans.js';
import type { Stage } from '../../support/stage/stage.js';
import { phasegate } from './binary.js';
import { onCliStage } from './cli-stage.js';

let stage: Stage;
let run: string;
onCliStage((opened, named) => {
  [stage, run] = [opened, named];
});
beforeEach(async () => {
  const items = ['unit-tests', 'load-tests', 'stress-tests', 'briefed'];
  const before = items.map((id) => step.attest(id, { by: id === 'briefed' ? 'cto' : 'lead', onFail: 'hold' }));
  const checklists = [{ id: 'testing', title: 'Testing', items }];
  const first = phase('pre-deployment', { title: 'Pre-deployment checklists', checklists, before, steps: [] });
  await stage.start(plan([first, phase('1a', { after: [first.id] })]));
  await stage.until('all items', async () => (await stage.phase(first.id)).gates.length === items.length);
});

/** As a person, without a terminal. */
const as = (person: string, ...args: string[]) => phasegate([...args, '--as', person]);
const done = ['--answer', 'done', '--yes'];

describe('the checklists before all phases, on the command line', () => {
  it('say who owes what, and what to type', async () => {
    const { stdout } = await phasegate(['status', run]);
    expect(stdout).toContain('◷ Testing  0 of 4 passed');
    expect(stdout).toContain('dana, erin or lee: unit-tests, load-tests, stress-tests');
    expect(stdout).toContain('carlos: briefed');
    expect(stdout).toContain(`phasegate attest pre-deployment/ITEM ${run} --answer done`);
  });

  it('are answered one by one, and all that one owes at once', async () => {
    const one = await as('erin', 'attest', 'pre-deployment/unit-tests', run, ...done);
    expect([one.code, one.stdout]).toEqual([
      0,
      expect.stringContaining('erin answered pre-deployment/unit-tests#1: done'),
    ]);
    const all = await as('lee', 'attest', run, '--all', ...done);
    expect(all.code, all.stderr).toBe(0);
    const left = await as('carlos', 'attest', 'pre-deployment/briefed', run, ...done);
    expect(left.code, left.stderr).toBe(0);
    expect((await stage.handleOf(stage.id).result())?.outcome?.kind).toBe('completed');
  });

  it('let an answer be corrected by its name', async () => {
    await as('erin', 'attest', 'pre-deployment/unit-tests', run, ...done);
    const corrected = await as(
      'lee',
      'attest',
      'pre-deployment/unit-tests',
      run,
      '--answer',
      'failed',
      '--reason',
      'the wrong branch',
      '--yes'
    );
    expect(corrected.code, corrected.stderr).toBe(0);
    await stage.until('the HOLD', async () =>
      (await stage.phase('pre-deployment')).gates.find(({ kind }) => kind === 'hold')
    );
    const { stdout } = await phasegate(['status', run]);
    expect(stdout).toContain('lee: failed · the wrong branch');
    expect(stdout).toContain(`phasegate retry ${run} --gate pre-deployment/unit-tests#2`);
  });

  it.each([
    ['by the wrong role', 'carlos', 'pre-deployment/unit-tests', [], 7, 'PG204'],
    ['for an item that is not there', 'erin', 'pre-deployment/unit-test', [], 6, 'PG209'],
    [
      'with a link that is none of the web',
      'erin',
      'pre-deployment/unit-tests',
      ['--evidence', 'file:///tmp/x'],
      2,
      'PG212',
    ],
  ])('refuse an answer %s', async (_, who, item, more, code, error) => {
    const refused = await as(who, 'attest', item, run, ...done, ...more);
    expect([refused.code, refused.stdout]).toEqual([code, '']);
    expect(refused.stderr).toContain(error);
  });
});
