import { spawn } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { EnvironmentActivities } from '../../../src/activities/contract.js';
import type { Change } from '../../../src/plan/change.js';
import type { Environment } from '../../../src/plan/model.js';
import { deployScripts } from '../../support/activities/deploy-scripts.js';
import type { DeployScripts } from '../../support/activities/deploy-scripts.js';
import { captureInput, testEnvironment } from '../../support/activities/environment.js';
import { activitiesOn } from '../../support/activities/run-activity.js';
import { testTools } from '../../support/activities/tools.js';
import type { TestTools } from '../../support/activities/tools.js';
import { runs, untilWritten } from '../../support/activities/until.js';

const environment = testEnvironment();
const toV2 = (repeatable = false): Change => ({ type: 'deploy', target: 'core', revision: 'v2', repeatable });
const applyKey = 'migration/test/plan:00000000-0000-0000-0000-000000000000:1a/enable#1';

interface Stage {
  tools: TestTools;
  scripts: DeployScripts;
  activities: EnvironmentActivities;
}

function stage(): Stage {
  const tools = testTools();
  return { tools, scripts: deployScripts(tools.workdir), activities: activitiesOn(tools) };
}

describe('deploying by commands', () => {
  it('captures the revision, applies the new one, verifies it and puts the old one back', async () => {
    const { activities, scripts } = stage();
    const entry = await activities.captureChange(captureInput(toV2(), environment));
    expect(entry.before).toEqual({ type: 'deploy', target: 'core', revision: 'v1' });
    expect(await activities.applyChange({ entry, environment })).toMatchObject({ verdict: 'PASS' });
    expect(await activities.verifyChange({ entry, environment })).toMatchObject({
      verdict: 'PASS',
      found: 'revision v2',
    });
    const undone = await activities.undoChange({ entry, environment, key: 'undo-key' });
    expect(undone).toMatchObject({ changed: true, state: entry.before, reason: 'core was put back to v1' });
    expect(scripts.runs()).toEqual([`apply v2 ${applyKey}`, 'undo v1 undo-key']);
  });

  it('leaves a target alone that runs the revision already, and its undo too', async () => {
    const { activities, scripts } = stage();
    scripts.setRevision('v2');
    const entry = await activities.captureChange(captureInput(toV2(), environment));
    expect((await activities.applyChange({ entry, environment })).reason).toBe('core already runs v2');
    expect(await activities.undoChange({ entry, environment, key: 'u' })).toMatchObject({ changed: false });
    expect(scripts.runs()).toEqual([]);
  });

  it('an apply asked for twice runs once and answers the same', async () => {
    const { activities, scripts } = stage();
    scripts.script('apply', 'echo broken >&2; exit 1');
    const entry = await activities.captureChange(captureInput(toV2(), environment));
    const first = await activities.applyChange({ entry, environment });
    expect(first).toMatchObject({ verdict: 'FAIL' });
    expect(first.reason).toMatch(/apply v2 exited with 1: broken$/);
    expect(await activities.applyChange({ entry, environment })).toMatchObject({
      verdict: 'FAIL',
      reason: first.reason,
    });
    expect(scripts.runs()).toHaveLength(1);
  });

  it('attempts that overlap run one command, forward and back', async () => {
    const { activities, scripts, tools } = stage();
    const slowly = (name: string): string =>
      `echo ${name} > "${join(tools.workdir, `${name}-began`)}"; while [ ! -e "${join(tools.workdir, `${name}-goes-on`)}" ]; do sleep 0.02; done; echo "$1" > revision`;
    scripts.script('apply', slowly('apply'));
    scripts.script('undo', slowly('undo'));
    const entry = await activities.captureChange(captureInput(toV2(), environment));
    const three = async (name: string, act: () => Promise<unknown>): Promise<unknown[]> => {
      const attempts = Promise.all([act(), act(), act()]);
      await untilWritten(join(tools.workdir, `${name}-began`));
      writeFileSync(join(tools.workdir, `${name}-goes-on`), '');
      return attempts;
    };
    const applied = await three('apply', () => activities.applyChange({ entry, environment }));
    expect(applied).toMatchObject([1, 2, 3].map(() => ({ verdict: 'PASS' })));
    expect(scripts.revision()).toBe('v2');
    const undone = await three('undo', () => activities.undoChange({ entry, environment, key: 'u' }));
    expect(undone).toMatchObject([1, 2, 3].map(() => ({ state: entry.before })));
    expect(scripts.revision()).toBe('v1');
    expect(scripts.runs()).toEqual([`apply v2 ${applyKey}`, 'undo v1 u']);
  });

  it.each([
    [
      'is on hold',
      false,
      { verdict: 'HOLD', reason: expect.stringContaining('an earlier attempt began it on another machine') as string },
      [],
    ],
    [
      'runs again to its end when it is repeatable',
      true,
      { verdict: 'PASS', reason: expect.stringContaining('apply v2 exited with 0') as string },
      [`apply v2 ${applyKey}`],
    ],
  ])('one that another machine began %s, though the new revision shows already', async (_, repeatable, answer, ran) => {
    const { activities, scripts, tools } = stage();
    const entry = await activities.captureChange(captureInput(toV2(repeatable), environment));
    scripts.setRevision('v2');
    const heartbeatDetails = { command: './read', key: 'a look', since: 2, begun: { [applyKey]: 1 } };
    const next = activitiesOn(tools, { attempt: 2, heartbeatDetails });
    expect(await next.applyChange({ entry, environment })).toMatchObject(answer);
    expect(scripts.runs()).toEqual(ran);
  });

  it('a second run of the plan deploys anew, though step and attempt are the same', async () => {
    const { tools, activities, scripts } = stage();
    const entry = await activities.captureChange(captureInput(toV2(), environment));
    await activities.applyChange({ entry, environment });
    scripts.setRevision('v1');
    const later = activitiesOn(tools, { workflowExecution: { workflowId: 'test', runId: 'another' } });
    const again = await later.captureChange(captureInput(toV2(), environment));
    expect(await later.applyChange({ entry: again, environment })).toMatchObject({ verdict: 'PASS' });
    expect(scripts.revision()).toBe('v2');
    expect(scripts.runs()).toHaveLength(2);
  });

  it('a failed deployment that left the target broken on its old revision is put back by the command all the same', async () => {
    const { activities, scripts, tools } = stage();
    scripts.script('apply', `touch ${join(tools.workdir, 'broken')}; exit 1`);
    scripts.script('undo', `rm ${join(tools.workdir, 'broken')}`);
    const entry = await activities.captureChange(captureInput(toV2(), environment));
    await activities.applyChange({ entry, environment });
    expect(await activities.undoChange({ entry, environment, key: 'u' })).toMatchObject({ changed: true });
    expect(await activities.undoChange({ entry, environment, key: 'u' })).toMatchObject({ changed: false });
    expect(scripts.runs().map((line) => line.split(' ')[0])).toEqual(['apply', 'undo']);
  });

  it('an undo that fails is worth a retry, and is run again until it works', async () => {
    const { activities, scripts, tools } = stage();
    const entry = await activities.captureChange(captureInput(toV2(), environment));
    await activities.applyChange({ entry, environment });
    scripts.script('undo', `[ -e mended ] || { echo not yet; exit 1; }; echo "$1" > revision`);
    await expect(activities.undoChange({ entry, environment, key: 'u' })).rejects.toMatchObject({
      type: 'PG317',
      nonRetryable: false,
      message: expect.stringMatching(
        /core could not be put back: .*undo v1 exited with 1: not yet; it runs v2\. /
      ) as string,
    });
    writeFileSync(join(tools.workdir, 'mended'), '');
    expect(await activities.undoChange({ entry, environment, key: 'u' })).toMatchObject({ changed: true });
    expect(scripts.revision()).toBe('v1');
  });

  it('an undo that fails although the target reads as it was says so', async () => {
    const { activities, scripts } = stage();
    const entry = await activities.captureChange(captureInput(toV2(), environment));
    await activities.applyChange({ entry, environment });
    scripts.script('undo', 'echo "$1" > revision; exit 1');
    await expect(activities.undoChange({ entry, environment, key: 'u' })).rejects.toMatchObject({
      type: 'PG317',
      message: expect.stringContaining('; it says that it runs v1 already. ') as string,
    });
  });

  it('an undo that says it worked and did not is no undo', async () => {
    const { activities, scripts } = stage();
    const entry = await activities.captureChange(captureInput(toV2(), environment));
    await activities.applyChange({ entry, environment });
    scripts.script('undo', 'exit 0');
    const undo = activities.undoChange({ entry, environment, key: 'u' });
    await expect(undo).rejects.toMatchObject({
      type: 'PG317',
      message: expect.stringContaining('but runs v2') as string,
    });
    scripts.script('undo', 'echo "$1" > revision');
    expect(await activities.undoChange({ entry, environment, key: 'u' })).toMatchObject({ changed: true });
  });

  it('a target changed again after its undo is undone again', async () => {
    const { activities, scripts } = stage();
    const entry = await activities.captureChange(captureInput(toV2(), environment));
    await activities.applyChange({ entry, environment });
    await activities.undoChange({ entry, environment, key: 'u1' });
    scripts.setRevision('v3');
    expect(await activities.undoChange({ entry, environment, key: 'u2' })).toMatchObject({ changed: true });
    expect(scripts.revision()).toBe('v1');
  });

  it('an apply that still runs is stopped before its undo begins', async () => {
    const { activities, scripts, tools } = stage();
    const entry = await activities.captureChange(captureInput(toV2(), environment));
    scripts.script('apply', 'echo $$ > pid; sleep 300; echo "$1" > revision');
    const abandoned = activities.applyChange({ entry, environment });
    const pid = Number(await untilWritten(join(tools.workdir, 'pid')));
    expect(await activities.undoChange({ entry, environment, key: 'u' })).toMatchObject({ changed: true });
    expect(runs(pid)).toBe(false);
    expect(await abandoned).toMatchObject({ verdict: 'HOLD' });
    expect(await activities.applyChange({ entry, environment })).toMatchObject({ verdict: 'HOLD' });
    expect(scripts.runs().map((line) => line.split(' ')[0])).toEqual(['apply', 'undo']);
  });

  it('an apply that comes late, after its undo, does not run', async () => {
    const { activities, scripts } = stage();
    const entry = await activities.captureChange(captureInput(toV2(true), environment));
    await activities.undoChange({ entry, environment, key: 'u' });
    const late = await activities.applyChange({ entry, environment });
    expect(late).toMatchObject({ verdict: 'HOLD' });
    expect(late.reason).toContain('called off before it ran: the deployment is being undone');
    expect(scripts.revision()).toBe('v1');
  });

  it('a revision that cannot be read is worth a retry, and an undo goes on without the first reading', async () => {
    const { activities, scripts } = stage();
    const entry = await activities.captureChange(captureInput(toV2(), environment));
    await activities.applyChange({ entry, environment });
    scripts.script('read', 'echo no connection >&2; exit 3');
    const read = activities.captureChange(captureInput(toV2(), environment));
    await expect(read).rejects.toMatchObject({ type: 'PG318', nonRetryable: false });
    await expect(read).rejects.toThrow(
      'the revision of core cannot be read: ./read could not find out (exit 3: the command says that it does not know): no connection'
    );
    await expect(activities.undoChange({ entry, environment, key: 'u' })).rejects.toMatchObject({ type: 'PG318' });
    expect(scripts.revision()).toBe('v1');
    scripts.script('read', 'cat revision');
    expect(await activities.undoChange({ entry, environment, key: 'u' })).toMatchObject({ changed: false });
  });

  it.each([
    ['nothing', 'true', 'it printed nothing'],
    ['two lines', 'echo a; echo b', 'more than one short line'],
  ])('a read command that prints %s is not believed', async (_, body, words) => {
    const { activities, scripts } = stage();
    scripts.script('read', body);
    await expect(activities.captureChange(captureInput(toV2(), environment))).rejects.toThrow(words);
  });

  it('a missing read command is told with the path that was tried', async () => {
    const { activities, tools } = stage();
    rmSync(join(tools.workdir, 'read'));
    const capture = activities.captureChange(captureInput(toV2(), environment));
    await expect(capture).rejects.toMatchObject({ type: 'PG307', nonRetryable: false });
    await expect(capture).rejects.toThrow(`tried ${join(tools.workdir, 'read')}`);
  });

  it('an unknown target is refused with the ones that there are', async () => {
    const { activities } = stage();
    const change: Change = { ...toV2(), type: 'deploy', target: 'corr', revision: 'v2', repeatable: false };
    await expect(activities.captureChange(captureInput(change, environment))).rejects.toMatchObject({
      type: 'PG314',
      message: expect.stringContaining('no deploy target corr (it has: core)') as string,
    });
  });

  it.each([['-rf'], ['a\nb']])(
    'a revision that would be an option or two lines is not deployed: %j',
    async (revision) => {
      const { activities, scripts } = stage();
      const change: Change = { type: 'deploy', target: 'core', revision, repeatable: false };
      const entry = await activities.captureChange(captureInput(change, environment));
      expect(await activities.applyChange({ entry, environment })).toMatchObject({ verdict: 'HOLD' });
      expect(scripts.runs()).toEqual([]);
    }
  );

  it('the command sees its step and the declared variables, and a secret of them never leaves', async () => {
    const tools = testTools({ env: { PATH: process.env['PATH'], DEPLOY_TOKEN: 'canary-token-1', OTHER: 'unseen' } });
    const activities = activitiesOn(tools, {
      workflowExecution: { workflowId: 'migration/test/plan/phase/1a', runId: 'r' },
    });
    const scripts = deployScripts(tools.workdir);
    scripts.script('apply', 'env | sort > env.txt; echo "token $TOKEN"; exit 1');
    const declared: Environment = {
      ...environment,
      commands: { ...environment.commands, env: { TOKEN: '${env:DEPLOY_TOKEN}' } },
    };
    const entry = await activities.captureChange(captureInput(toV2(), declared));
    const result = await activities.applyChange({ entry, environment: declared });
    const seen = await untilWritten(join(tools.workdir, 'env.txt'));
    expect(seen).toContain('TOKEN=canary-token-1');
    expect(seen).toContain('PHASEGATE_RUN=migration/test/plan\n');
    expect(seen).toContain('PHASEGATE_STEP=1a/enable\n');
    expect(seen).toContain('PHASEGATE_ATTEMPT=1');
    expect(seen).not.toContain('unseen');
    const evidence = await activities.readEvidence({ digest: result.evidence.digest });
    expect(JSON.stringify(result) + evidence).not.toContain('canary-token-1');
    expect(evidence).toContain('[secret env:DEPLOY_TOKEN]');
    const grep = spawn('grep', ['-r', 'canary-token-1', tools.stateDir], { stdio: 'ignore' });
    expect(await new Promise((resolve) => grep.once('exit', resolve))).toBe(1);
  });
});
