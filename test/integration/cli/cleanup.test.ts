import { beforeEach, describe, expect, it } from 'vitest';
import { cleanup, phase, plan, step, task } from '../../support/stage/plans.js';
import type { Stage } from '../../support/stage/stage.js';
import { phasegate } from './binary.js';
import { onCliStage } from './cli-stage.js';

let stage: Stage;
let run: string;
onCliStage((opened, named) => {
  [stage, run] = [opened, named];
});
beforeEach(async () => {
  const tasks = [
    task.removal(['FLAG_CORE']),
    task.plain('docs', { evidence: 'required' }),
    task.plain('training', { owner: 'cto' }),
    task.plain('legacy'),
  ];
  const steps = [step.flag('core', { percent: 100 })];
  await (await stage.start(plan([phase('1a', { steps })], { cleanup: cleanup(tasks) }))).result();
  await stage.until('all tasks', async () => (await stage.cleanup()).gates.length === tasks.length);
});

/** As a person, without a terminal. */
const as = (person: string, ...args: string[]) => phasegate([...args, '--as', person]);
const done = ['--answer', 'done', '--yes'];

async function removed(): Promise<void> {
  expect((await as('erin', 'attest', 'cleanup/remove-flags', run, ...done)).code).toBe(0);
  await stage.until('the removal', async () => (await stage.cleanup()).steps[0]?.state === 'passed');
}

describe('clean-up, on the command line', () => {
  it('is told by the status of a run that has ended, with who owes what, and what to type', async () => {
    const { stdout } = await phasegate(['status', run]);
    expect(stdout).toContain('◷ cleanup  Clean-up  waiting  0 of 4 tasks done');
    expect(stdout).toContain('◷ At once  0 of 4 passed');
    expect(stdout).toContain('dana, erin or lee: remove-flags, docs, legacy');
    expect(stdout).toContain(`phasegate attest cleanup/ITEM ${run} --answer done`);
    expect(stdout).toMatch(/completed: its one phase, 1a, completed; clean-up: 0 of 4 tasks done, next due \d{4}-/);
    const list = await stage.until('the list', async () => {
      const { stdout: rows } = await phasegate(['list', '--awaiting', 'carlos']);
      return rows.includes(run) && rows;
    });
    expect(list).toMatch(/✔ completed +cleanup .*; waits for dana, erin, lee or carlos until/);
  });

  it('is answered task by task, and all that one owes at once; the report has it all', async () => {
    const one = await as('erin', 'attest', 'cleanup/docs', run, ...done, '--evidence', 'https://docs.example/new');
    expect([one.code, one.stdout]).toEqual([0, 'erin answered cleanup/docs#1: done\n']);
    const all = await as('lee', 'attest', run, '--all', ...done);
    expect(all.code, all.stderr).toBe(0);
    expect(all.stdout).toContain('whether the flags can be removed safely is looked at now');
    const last = await as('carlos', 'attest', 'training', run, ...done);
    expect(last.code, last.stderr).toBe(0);
    await stage.cleanupHandle().result();
    const { stdout } = await phasegate(['status', run]);
    expect(stdout).toContain('✔ cleanup  Clean-up  completed  4 of 4 tasks done');
    expect(stdout).toContain('; clean-up: 4 of 4 tasks done');
    const report = await phasegate(['report', run]);
    expect(report.stdout).toContain('## Phase cleanup: Clean-up (completed');
    expect(report.stdout).toMatch(/cleanup\/remove-flags#1 \| Do remove-flags \| passed.*removed and read back: FLAG/);
    expect(report.stdout).toMatch(/cleanup\/docs#1 .*erin: done · https:\/\/docs.example\/new/);
  });

  it('shows why flags were not removed, and keeps asking', async () => {
    stage.world.onWindow = () => 'FAIL';
    await as('erin', 'attest', 'cleanup/remove-flags', run, ...done);
    await stage.until('the refusal', async () => (await stage.cleanup()).steps.some(({ state }) => state === 'failed'));
    const { stdout } = await phasegate(['status', run]);
    expect(stdout).toContain('✖ Do remove-flags: PG452 FAIL: window says FAIL');
    expect(stdout).toContain('dana, erin or lee: remove-flags, docs, legacy');
  });

  it('closes the way back with the first flag that it removed', async () => {
    await removed();
    const refused = await as('dana', 'rollback', run, '--reason', 'errors', '--confirm', stage.environment.id);
    expect([refused.code, refused.stdout]).toEqual([7, '']);
    expect(refused.stderr).toMatch(/PG451 clean-up has closed the way back: FLAG_CORE was removed at \d{4}-/);
    expect(stage.world.story('undo')).toEqual([]);
  });

  it('ends with a rollback on demand, as long as there is a way back', async () => {
    const back = await as('dana', 'rollback', run, '--reason', 'errors', '--confirm', stage.environment.id);
    expect(back.code, back.stderr).toBe(4);
    const { stdout } = await phasegate(['status', run]);
    expect(stdout).toMatch(/rolled back, verified: .*; clean-up: 0 of 4 tasks done, then cancelled/);
  });

  it.each([
    ['by the wrong role', 'carlos', 'cleanup/docs', [], 7, 'PG204'],
    ['for a task that is not there', 'erin', 'cleanup/doc', [], 6, 'PG209'],
    ['with a link that is none of the web', 'erin', 'cleanup/docs', ['--evidence', 'file:///x'], 2, 'PG212'],
    ['without the evidence that it needs', 'erin', 'cleanup/docs', [], 2, 'PG212'],
  ])('refuses an answer %s', async (_, who, item, more, code, error) => {
    const refused = await as(who, 'attest', item, run, ...done, ...more);
    expect([refused.code, refused.stdout]).toEqual([code, '']);
    expect(refused.stderr).toContain(error);
  });

  it('says who answered what was answered already', async () => {
    const answer = ['attest', 'cleanup/legacy', run, ...done] as const;
    await as('erin', ...answer);
    const again = await as('lee', ...answer);
    expect(again.code).toBe(7);
    expect(again.stderr).toMatch(/PG208 cleanup\/legacy is not open .*erin answered "done" to cleanup\/legacy#1 at/);
  });
});
