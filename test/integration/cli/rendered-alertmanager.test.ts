import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { readAndFreeze } from '../../../src/plan/read-and-freeze.js';
import { tool } from '../../client/monitoring/rendered.js';
import { serve, type TestServer } from '../../support/activities/http-server.js';
import { serveMail } from '../../support/activities/smtp-server.js';
import { adaptedPlan, routingKey, secretIn } from '../../support/alert/adapted-plan.js';
import { runAlertmanager } from '../../support/alert/alertmanager.js';
import { needs } from '../../support/needs.js';
import { scratchFolder } from '../../support/servers/scratch.js';
import { guardStatus } from '../../support/stage/guarded.js';
import { approval, phase, step } from '../../support/stage/plans.js';
import { failureOf, type Run, type Stage } from '../../support/stage/stage.js';
import { phasegate } from './binary.js';
import { onCliStage } from './cli-stage.js';
import { receive, token } from './receiving.js';

const install = 'apt-get install --no-install-recommends prometheus-alertmanager';

let stage: Stage;
onCliStage((opened) => {
  stage = opened;
});

/** A run of the plan with its metrics, alerts and incidents, which has changed something and waits for its approval. */
async function waiting(files: { plan: string; environment: string }): Promise<Run> {
  const { frozen, faults } = await readAndFreeze(files, { revision: 'v1' });
  expect(faults).toEqual([]);
  if (!frozen) throw new Error('not frozen');
  const { kpis: _kpis, cleanup: _cleanup, ...shipped } = frozen.plan;
  // All is well: what fires is Alertmanager's alone.
  const watched = shipped.guard?.metrics ?? [];
  stage.world.series = Object.fromEntries(watched.map((name) => [name, () => (/rate|quality/.test(name) ? 1 : 0)]));
  const patient = approval({ roles: { 'engineering-lead': 1 }, expires: { ms: 600_000, planned: '10m' } });
  const phases = [phase('1a', { steps: [step.flag('core')], approval: patient })];
  const run = await stage.start({ ...shipped, phases }, 'dana', frozen.environment);
  await stage.gate('1a');
  await stage.until('the guard', async () => (await guardStatus(stage)).state === 'watching');
  return run;
}

/** The labels of each alert of the rendered rules. */
function labelsIn(file: string): Map<string, object> {
  const { groups } = parse(readFileSync(file, 'utf8')) as {
    groups: Array<{ rules: Array<{ alert?: string; labels: object }> }>;
  };
  const rules = groups.flatMap((group) => group.rules);
  return new Map(rules.flatMap(({ alert, labels }) => (alert === undefined ? [] : [[alert, labels] as const])));
}

function titles({ seen }: TestServer, at: string): string[] {
  return seen
    .filter(({ path: where }) => where === at)
    .map(
      ({ body }) => (JSON.parse(body) as { attachments: Array<{ title: string }> }).attachments[0]?.title.trim() ?? ''
    );
}

it(
  'the rendered Alertmanager pages, writes and mails for the shipped plan, tells the run, and goes on to who is next unless somebody silences it',
  { timeout: 90_000 },
  async () => {
    const program = needs('prometheus-alertmanager', install);
    await using pager = await serve((_, response) => response.writeHead(202).end('{}'));
    await using slack = await serve((_, response) => response.end('ok'));
    await using mail = await serveMail();
    const folder = scratchFolder();
    const ids = { plan: stage.planId, environment: stage.environment.id };
    const files = adaptedPlan(folder, ids, { pager, slack, mail });
    const run = await waiting(files);
    const { url, running } = await receive([]);
    const out = path.join(folder, 'monitoring');
    const inPlace = ['--env', files.environment, '--var', 'revision=v1', '--out', out];
    const toTheRun = ['--receiver', url, '--token', secretIn(folder, 'token', token)];
    const written = await phasegate(['render', files.plan, ...inPlace, ...toTheRun]);
    expect(written.code, written.stderr).toBe(0);
    const config = readFileSync(path.join(out, 'alertmanager/alertmanager.yml'), 'utf8');
    await using alertmanager = await runAlertmanager(program, config);
    const labels = labelsIn(path.join(out, 'prometheus/rules.yml'));
    const fires = (alertname: string): Promise<void> =>
      alertmanager.post({
        labels: { alertname, ...labels.get(alertname) },
        annotations: { summary: `${alertname} fires` },
        startsAt: new Date().toISOString(),
        endsAt: new Date(Date.now() + 3_600_000).toISOString(),
      });
    const ops = (): string[] => titles(slack, '/ops');

    // Critical, and no incident of the plan: who was told says by a silence that they see to it.
    const seenTo = 'memory_usage_per_context_critical';
    await fires(seenTo);
    await stage.until('Slack', () => ops().length === 1);
    const at = `--alertmanager.url=${alertmanager.url}`;
    const silence = ['silence', 'add', `alertname=${seenTo}`, '--author=ola', '--comment=seen', at];
    expect(await tool('amtool', folder, silence)).toMatchObject({ code: 0 });
    await running.says('"ignored":1');

    await fires('user_isolation_violations_critical');
    await stage.until('the page', () => pager.seen.length === 2);
    // It mutes its own warning, and no other.
    await fires('user_isolation_violations_warning');
    await fires('response_time_p95_warning');

    const failure = await failureOf(run.result());
    expect(failure.message).toContain('severity 1: user_isolation_violations_critical fires');
    expect(stage.world.story('undo')).toEqual(['undo flag/FLAG_CORE off']);
    const { incidents } = await stage.status();
    expect(incidents).toMatchObject([{ number: 1, severity: 1 }]);
    expect(await stage.incident(1)).toMatchObject({ source: 'alertmanager', cause: 'user-isolation' });

    await stage.until('the next in line', () => ops().length === 3 && mail.seen.length === 4);
    expect(ops()).toEqual([
      `[FIRING] ${seenTo} fires`,
      '[FIRING] user_isolation_violations_critical fires',
      '[FIRING] NOBODY ACKNOWLEDGED: user_isolation_violations_critical fires',
    ]);
    expect(titles(slack, '/eng')).toEqual(['[FIRING] response_time_p95_warning fires']);
    const executives = 'engineering_lead@company.com, cto@company.com, devops_oncall@company.com';
    // Each integration sends by itself: only what waited is surely the last.
    expect(mail.seen.map(({ to }) => to.join(', ')).toSorted()).toEqual([
      'cto@company.com, chen@company.com',
      executives,
      executives,
      'engineering_team@company.com, devops_team@company.com',
    ]);
    const events = pager.seen.map(({ body }) => JSON.parse(body) as object);
    const trigger = { routing_key: routingKey, event_action: 'trigger' };
    expect(events).toMatchObject([
      { ...trigger, payload: { severity: 'critical', component: 'memory_usage_per_context' } },
      { ...trigger, payload: { severity: 'critical', component: 'user_isolation_violations' } },
    ]);
  }
);
