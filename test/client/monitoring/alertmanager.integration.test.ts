import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { bare, alerts, odd, shipped, watchedOver } from './plans.js';
import { rendered, tool } from './rendered.js';
import type { FrozenPlan } from '../../../src/plan/model.js';

interface Config {
  global: { resolve_timeout: string };
  route: {
    receiver: string;
    routes: Array<{ receiver: string; group_wait?: string; repeat_interval?: string; continue?: boolean }>;
  };
  receivers: Array<Record<string, unknown> & { name: string }>;
}

async function configOf(
  plan: FrozenPlan
): Promise<{ config: Config; text: string; remarks: string[]; folder: string }> {
  const { files, remarks, folder } = await rendered(plan);
  const text = files.get('alertmanager/alertmanager.yml') ?? '';
  return { config: parse(text) as Config, text, remarks, folder: path.join(folder, 'alertmanager') };
}

describe.each([
  ['the shipped plan', shipped],
  ['a plan with routes', watchedOver],
  ['a plan of odd metrics', async () => odd()],
])('the configuration of %s', (_, plan) => {
  it('is one that Alertmanager takes', async () => {
    const { folder } = await configOf(await plan());
    expect(await tool('amtool', folder, ['check-config', 'alertmanager.yml'])).toMatchObject({ code: 0 });
  });
});

describe('an alert', () => {
  const routed = async (
    plan: FrozenPlan,
    severity: string,
    receivers: string
  ): Promise<{ code: number; out: string }> => {
    const { folder } = await configOf(plan);
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
