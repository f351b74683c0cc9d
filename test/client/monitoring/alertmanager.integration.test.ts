import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { bare, alerts, odd, shipped, watchedOver } from './plans.js';
import { rendered, tool } from './rendered.js';
import type { SubjectOptions } from '../../../src/client/monitoring/subject.js';
import type { FrozenPlan } from '../../../src/plan/model.js';

interface Config {
  global: { resolve_timeout: string };
  route: {
    receiver: string;
    routes: Array<{ receiver: string; group_wait?: string; repeat_interval?: string; continue?: boolean }>;
  };
  receivers: Array<Record<string, unknown> & { name: string }>;
  inhibit_rules: Array<{ target_matchers: string[] }>;
}

/** Where phasegate receive listens. */
const run = { url: 'http://127.0.0.1:9095/alertmanager', token: '${file:/etc/alertmanager/phasegate-token}' };

async function configOf(
  plan: FrozenPlan,
  options: SubjectOptions = {}
): Promise<{ config: Config; text: string; remarks: string[]; folder: string }> {
  const { files, remarks, folder } = await rendered(plan, options);
  const text = files.get('alertmanager/alertmanager.yml') ?? '';
  return { config: parse(text) as Config, text, remarks, folder: path.join(folder, 'alertmanager') };
}

describe.each([
  ['the shipped plan', shipped],
  ['a plan with routes', watchedOver],
  ['a plan of odd metrics', async () => odd()],
])('the configuration of %s', (_, plan) => {
  it.each([{}, { receiver: run }])('is one that Alertmanager takes, with %j', async (options) => {
    const { folder } = await configOf(await plan(), options);
    expect(await tool('amtool', folder, ['check-config', 'alertmanager.yml'])).toMatchObject({ code: 0 });
  });
});

describe('an alert', () => {
  const routed = async (
    plan: FrozenPlan,
    severity: string,
    receivers: string,
    options: SubjectOptions = {}
  ): Promise<{ code: number; out: string }> => {
    const { folder } = await configOf(plan, options);
    const labels = [`severity=${severity}`, `plan=${plan.plan.id}`, `environment=${plan.environment.id}`];
    return tool('amtool', folder, [
      'config',
      'routes',
      'test',
      '--config.file=alertmanager.yml',
      `--verify.receivers=${receivers}`,
      ...labels,
    ]);
  };

  it.each(['critical', 'warning'])(
    'of severity %s goes to its receiver and, later, to the next in line',
    async (severity) => {
      expect(await routed(await watchedOver(), severity, `${severity},${severity}-escalation`)).toMatchObject({
        code: 0,
      });
      expect(await routed(await watchedOver(), severity, severity)).toMatchObject({ code: 1 });
    }
  );

  it.each(['critical', 'warning'])(
    'of severity %s goes to the environment where the plan routes none',
    async (severity) => {
      expect(await routed(await bare(), severity, 'environment')).toMatchObject({ code: 0 });
    }
  );

  it.each(['critical', 'warning'])(
    'of severity %s goes to the run as well, where a receiver is named',
    async (severity) => {
      const receiver = { receiver: run };
      expect(
        await routed(await watchedOver(), severity, `phasegate,${severity},${severity}-escalation`, receiver)
      ).toMatchObject({ code: 0 });
      expect(await routed(await bare(), severity, 'phasegate,environment', receiver)).toMatchObject({ code: 0 });
      // Another plan's does not.
      const { plan, ...rest } = await bare();
      const { folder } = await configOf({ plan, ...rest }, receiver);
      const labels = [`severity=${severity}`, 'plan=another', `environment=${rest.environment.id}`];
      const test = ['config', 'routes', 'test', '--config.file=alertmanager.yml', '--verify.receivers=environment'];
      expect(await tool('amtool', folder, [...test, ...labels])).toMatchObject({ code: 0 });
    }
  );

  it('that nobody tells of the run is not sent to it, and calls people all the same', async () => {
    const frozen = await bare();
    const { folder } = await configOf(frozen, { receiver: run });
    const labels = [`plan=${frozen.plan.id}`, `environment=${frozen.environment.id}`, 'severity=critical'];
    const test = ['config', 'routes', 'test', '--config.file=alertmanager.yml', '--verify.receivers=environment'];
    expect(await tool('amtool', folder, [...test, ...labels, 'reason=not-watched'])).toMatchObject({ code: 0 });
    expect(await tool('amtool', folder, [...test, ...labels, 'reason=no-data'])).toMatchObject({ code: 1 });
  });

  it('that is critical mutes no warning that its data are missing', async () => {
    const { config } = await configOf(await shipped());
    expect(config.inhibit_rules.map((rule) => rule.target_matchers)).toEqual([
      expect.arrayContaining(['severity="warning"', 'reason!="no-data"']),
    ]);
  });

  it('is escalated after the time of its route, each on its own, and lives longer than that', async () => {
    const { config } = await configOf(await watchedOver());
    expect(config.route.routes.map(({ receiver, group_wait, continue: on }) => [receiver, group_wait, on])).toEqual([
      ['critical', '0s', true],
      ['critical-escalation', '300s', undefined],
      ['warning', '0s', true],
      ['warning-escalation', '900s', undefined],
    ]);
    expect(config.global.resolve_timeout).toBe('1200s');
    expect(config.route.routes.map((route) => route.repeat_interval)).toEqual(['900s', '900s', '3600s', '3600s']);
  });
});

it('an acknowledgement is one of this plan in this environment alone', async () => {
  const { text } = await configOf(await shipped());
  expect(text).toContain(
    'amtool silence add alertname=NAME plan=user-execution-context environment=example-production --comment=WHY'
  );
});

describe('a receiver', () => {
  it('has the channels of the plan and the addresses of the roles', async () => {
    const { config } = await configOf(await watchedOver());
    const of = (name: string): unknown => config.receivers.find((receiver) => receiver.name === name);
    expect(of('critical')).toMatchObject({
      pagerduty_configs: [{ routing_key_file: '/etc/alertmanager/secrets/PAGERDUTY_KEY' }],
      slack_configs: [{ api_url_file: '/run/secrets/slack-ops' }],
      email_configs: [
        {
          to: 'board@example.com, erin@example.com, enzo@example.com, carlos@example.com, ola@example.com',
          auth_password_file: '/etc/alertmanager/secrets/SMTP_PASSWORD',
          require_tls: true,
        },
      ],
    });
    expect(of('warning')).toMatchObject({
      slack_configs: [{ api_url: 'https://chat.example.com/hooks/eng' }],
      email_configs: [{ to: 'engineering@example.com', require_tls: false }],
      webhook_configs: [
        {
          http_config: { authorization: { type: 'Bearer', credentials_file: '/etc/alertmanager/secrets/HOOK_TOKEN' } },
        },
      ],
    });
    // PagerDuty escalates by itself.
    expect(of('critical-escalation')).not.toHaveProperty('pagerduty_configs');
    expect(JSON.stringify(of('critical-escalation'))).toContain('NOBODY ACKNOWLEDGED');
  });

  it('of the run is told what fires, each alert alone, with a token from a file', async () => {
    const { config, text, remarks } = await configOf(await watchedOver(), { receiver: run });
    expect(config.receivers[0]).toEqual({
      name: 'phasegate',
      webhook_configs: [
        {
          url: 'http://127.0.0.1:9095/alertmanager',
          send_resolved: false,
          http_config: {
            authorization: { type: 'Bearer', credentials_file: '/etc/alertmanager/phasegate-token' },
          },
        },
      ],
    });
    expect(config.route.routes[0]).toMatchObject({ receiver: 'phasegate', group_by: ['...'], continue: true });
    expect(text).not.toContain('${');
    expect(remarks).toContain('Alertmanager reads the secret file /etc/alertmanager/phasegate-token');
    const far = { url: 'http://runs.example.com/alertmanager', token: '${env:RUNS_TOKEN}' };
    expect((await configOf(await bare(), { receiver: far })).remarks).toEqual(
      expect.arrayContaining([
        'put the value of RUNS_TOKEN into /etc/alertmanager/secrets/RUNS_TOKEN, readable by Alertmanager alone',
        'the token of the receiver goes to runs.example.com unencrypted: give it an https address',
      ])
    );
    expect((await configOf(await bare())).text).not.toContain('- name: phasegate\n');
  });

  it('never holds a secret, and what is left to fill in is said', async () => {
    const { text, remarks } = await configOf(await watchedOver());
    expect(text).not.toContain('${');
    expect(remarks).toEqual(
      expect.arrayContaining([
        'put the value of PAGERDUTY_KEY into /etc/alertmanager/secrets/PAGERDUTY_KEY, readable by Alertmanager alone',
        'devops-team: nobody has an e-mail address, so channel email_eng leaves them out',
      ])
    );
    const webhook = await configOf(await bare());
    expect(webhook.remarks.join('\n')).toContain('RELEASE_CHANNEL_WEBHOOK');
    for (const remark of webhook.remarks) expect(webhook.text).toContain(`# ${remark}`);
  });

  it('that no channel reaches is said to tell nobody', async () => {
    const frozen = await watchedOver();
    const { remarks } = await configOf({
      ...frozen,
      environment: { ...frozen.environment, channels: [] },
      plan: { ...frozen.plan, alerts },
    });
    expect(remarks).toContain('channel pagerduty: the environment example-production has no such channel');
    expect(remarks).toContain(
      'no channel of the environment is one that Alertmanager can use: alerts end in it and tell nobody'
    );
  });
});
