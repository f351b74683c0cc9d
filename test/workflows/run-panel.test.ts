import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RunStatus } from '../../src/plan/run-status.js';
import { searchAttributes } from '../../src/plan/search-attributes.js';
import { historyOf, replay } from '../replay/histories.js';
import { approval, environment, phase, plan, step } from '../support/stage/plans.js';
import { openStage, refusalOf, type Run, type Stage } from '../support/stage/stage.js';
import { door, type Finding } from '../support/stage/world.js';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
beforeEach(() => stage.fresh());
afterAll(() => stage.close());

function runIs(state: RunStatus['state']): Promise<RunStatus> {
  return stage.until(`the run to be ${state}`, async () => {
    const status = await stage.status();
    return status.state === state && status;
  });
}

async function attributeOf(run: Run): Promise<string | undefined> {
  return (await run.describe()).typedSearchAttributes.get(searchAttributes.status);
}

describe('the page of a run', () => {
  it('says that its phase is on hold, waits for approval, runs again, and goes back', async () => {
    const [health, undo] = [door(), door()];
    stage.world.onWindow = (): Finding =>
      stage.world.windows.length === 1 ? { verdict: 'HOLD', cause: 'deadline' } : 'PASS';
    stage.world.onCheck = async (): Promise<'PASS'> => {
      await health.wait();
      return 'PASS';
    };
    stage.world.onUndo = () => undo.wait();
    const run = await stage.start(
      plan([
        phase('1a', {
          steps: [step.flag('core'), step.watch('window'), step.check('health')],
          approval: approval(),
        }),
        phase('1b', { after: ['1a'] }),
      ])
    );
    expect((await runIs('on hold')).sentence).toMatch(
      /^Phase 1a \(Phase 1a\): On hold at 1a\/window#1: .* then roll back 1a\. Then: 1b\. Details: /
    );
    expect(await attributeOf(run)).toBe('on hold');

    await stage.tell(run, 'retry', 'dana');
    expect((await runIs('running')).sentence).toMatch(/^Phase 1a \(Phase 1a\) is under way; 1b comes next/);
    health.open();

    expect((await runIs('waiting')).sentence).toMatch(/^Phase 1a \(Phase 1a\): Waits for approval by 1 lead/);
    expect(await attributeOf(run)).toBe('waiting');

    await stage.tell('1a', 'reject', { by: 'erin', reason: 'no' });
    expect((await runIs('rolling back')).sentence).toMatch(
      /^Phase 1a \(Phase 1a\): Rolling back 1a: 1a\/approval#1 .*; see /
    );
    undo.open();
    await run.result().catch(() => undefined);
    expect((await stage.status()).phases[0]).toMatchObject({ state: 'rolled back' });
    expect((await stage.status()).phases[0]?.now).toBeUndefined();
  });

  it('says that its phase is on hold however much there is to say of why', async () => {
    const reason = Array.from(
      { length: 30 },
      (_, n) => `"metric_${n} < 1%" was ok on 0 of 10 samples (${'x'.repeat(300)})`
    );
    stage.world.onWindow = (): Finding =>
      stage.world.windows.length === 1 ? { verdict: 'HOLD', cause: 'deadline', reason: reason.join('; ') } : 'PASS';
    const run = await stage.start(plan([phase('1a', { steps: [step.watch('window')] })]));
    expect((await runIs('on hold')).sentence).toMatch(
      /^Phase 1a \(Phase 1a\): On hold at 1a\/window#1: "metric_0 < 1%" /
    );
    await stage.tell(run, 'retry', 'dana');
    expect((await run.result()).outcome?.kind).toBe('completed');
  });

  it('waits for more people than can be shown to the server at once', async () => {
    const more = Array.from({ length: 200 }, (_, n) => ({
      name: `lead-${n}`.padEnd(60, 'x'),
      title: 'Lead',
      roles: ['lead'],
    }));
    const people = [...environment('e').people, ...more];
    const run = await stage.start(plan([phase('1a', { approval: approval() })]), 'dana', {
      ...stage.environment,
      people,
    });
    expect((await runIs('waiting')).sentence).toContain(more[0]?.name);
    const { typedSearchAttributes } = await stage.phaseHandle('1a').describe();
    expect(typedSearchAttributes.get(searchAttributes.awaiting)?.slice(0, 3)).toEqual(['erin', 'lee', more[0]?.name]);
    await stage.tell('1a', 'approve', more.at(-1)?.name ?? '');
    expect((await run.result()).outcome?.kind).toBe('completed');
  });

  it('says that it goes on although nothing happens there for long, also when somebody is refused meanwhile', async () => {
    const window = door();
    stage.world.onWindow = async (): Promise<Finding> => {
      await window.wait();
      return 'PASS';
    };
    const run = await stage.start(plan([phase('1a', { steps: [step.watch('window')] })]));
    await window.reached;
    await stage.tell('1a', 'pause', { by: 'dana', reason: 'lunch' });
    await stage.tell('1a', 'resume', 'dana');
    expect(await refusalOf(stage.tell('1a', 'approve', 'erin'))).toMatchObject({ code: 'PG203' });
    await runIs('running');

    // Somebody else takes over and must come to the same from the history.
    const { workflowId } = stage.phaseHandle('1a');
    await replay({ name: 'now', workflowId, history: await historyOf(stage.client, workflowId) });
    window.open();
    await run.result();
  });

  it('is not changed by garbage that somebody sends as news of a phase', async () => {
    const run = await stage.start(plan([phase('1a', { approval: approval() })]));
    await runIs('waiting');
    for (const raw of ['all is well', { phase: '1b', state: 'completed' }, { phase: '1a', state: 'fine' }])
      await run.signal('phaseNews', raw);
    expect((await stage.status()).state).toBe('waiting');
    await stage.tell(run, 'approve', 'erin');
    expect((await run.result()).outcome?.kind).toBe('completed');
  });
});
