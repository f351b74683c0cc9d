import { rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { tempFolder } from '../../../src/client/dev-server/temp-folder.js';
import { renderFiles } from '../../../src/client/monitoring/render-files.js';
import { writeAll } from '../../../src/client/monitoring/write-files.js';
import { shipped } from './plans.js';
import { tool } from './rendered.js';

interface Receiver {
  name: string;
  pagerduty_configs?: object[];
  slack_configs?: Array<{ api_url_file: string }>;
  email_configs?: Array<{ to: string }>;
}

interface Config {
  route: { routes: Array<{ receiver: string; group_wait: string }> };
  receivers: Receiver[];
}

/** Whom the checklist has told of each level, and when: after `escalation_delay` whoever is next in line. */
const told = {
  critical: {
    receiver: 'critical',
    after: '0s',
    pagerduty: 1,
    slack: ['SLACK_OPS_WEBHOOK'],
    mail: ['engineering_lead@company.com', 'cto@company.com', 'devops_oncall@company.com'],
  },
  'critical-escalation': {
    receiver: 'critical-escalation',
    after: '300s',
    pagerduty: 0,
    slack: ['SLACK_OPS_WEBHOOK'],
    mail: ['cto@company.com', 'chen@company.com'],
  },
  warning: {
    receiver: 'warning',
    after: '0s',
    pagerduty: 0,
    slack: ['SLACK_ENG_WEBHOOK'],
    mail: ['engineering_team@company.com', 'devops_team@company.com'],
  },
  'warning-escalation': {
    receiver: 'warning-escalation',
    after: '900s',
    pagerduty: 0,
    slack: ['SLACK_ENG_WEBHOOK'],
    mail: ['engineering_lead@company.com', 'devops_oncall@company.com'],
  },
};

const critical = 'phasegate,critical,critical-escalation';
const warning = 'phasegate,warning,warning-escalation';

/** The metrics of the checklist's table, each with a warning and a critical threshold: priority 1, 2 and 3. */
const metrics = [
  'golden_path_success_rate',
  'user_isolation_violations',
  'chat_response_quality',
  'agent_execution_success_rate',
  'websocket_event_delivery_rate',
  'context_validation_failures',
  'memory_usage_per_context',
  'response_time_p95',
  'database_connection_pool_usage',
  'concurrent_user_contexts',
];

/** Its causes of incidents that no threshold tells of, by the metric that does; severity 3 is told as a warning is. */
const causes = {
  'golden_path_success_rate_incident_golden-path-failure': critical,
  'state_corruptions_incident_data-corruption': critical,
  'workflow_success_rate_incident_orchestrator-failure': critical,
  'tool_success_rate_incident_dispatcher-failure': critical,
  'connection_success_rate_incident_connection-failure': critical,
  'workflow_duration_incident_performance-degradation': critical,
  'workflow_duration_incident_minor-performance': warning,
};

/** What is not about a threshold of one metric; of a guard that is gone the run could be told nothing. */
const others = { golden_path_success_rate_no_data: warning, guard_silent: 'critical,critical-escalation' };

describe('the shipped plan, rendered for its example of a production', () => {
  // One for all tests: each asks amtool another question about the same files.
  const folder = tempFolder('routes');
  let config: Config;
  let labels: Map<string, Record<string, string>>;
  beforeAll(async () => {
    const receiver = { url: 'http://127.0.0.1:9095/alertmanager', token: '${env:PHASEGATE_RECEIVE_TOKEN}' };
    const { files } = await renderFiles(await shipped(), { receiver });
    writeAll(folder, files, false);
    config = parse(files.get('alertmanager/alertmanager.yml') ?? '') as Config;
    const { groups } = parse(files.get('prometheus/rules.yml') ?? '') as {
      groups: Array<{ rules: Array<{ alert?: string; labels: Record<string, string> }> }>;
    };
    const rules = groups.flatMap((group) => group.rules);
    labels = new Map(rules.flatMap(({ alert, labels: own }) => (alert === undefined ? [] : [[alert, own] as const])));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each([
    ...metrics.flatMap((metric) => [
      [`${metric}_critical`, critical],
      [`${metric}_warning`, warning],
    ]),
    ...Object.entries(causes),
    ...Object.entries(others),
  ])('sends %s to the receivers %s', async (alert, receivers) => {
    const own = Object.entries(labels.get(alert) ?? {}).map(([name, value]) => `${name}=${value}`);
    expect(own).not.toEqual([]);
    const test = ['config', 'routes', 'test', '--config.file=alertmanager.yml', `alertname=${alert}`, ...own];
    const { code, out } = await tool('amtool', path.join(folder, 'alertmanager'), test);
    // A configuration of amtool on the machine makes it warn below.
    expect([code, out.split('\n', 1)[0]]).toEqual([0, receivers]);
  });

  it('has no alert but these, and of each metric that there is no data', () => {
    const thresholds = metrics.flatMap((metric) => [`${metric}_critical`, `${metric}_warning`]);
    const known = [...thresholds, ...Object.keys(causes), 'guard_silent'];
    expect([...labels.keys()].filter((alert) => !alert.endsWith('_no_data')).toSorted()).toEqual(known.toSorted());
  });

  it.each(Object.values(told))('tells by $receiver after $after whom the checklist names', (wanted) => {
    const receiver = config.receivers.find(({ name }) => name === wanted.receiver);
    expect({
      receiver: receiver?.name,
      after: config.route.routes.find((route) => route.receiver === wanted.receiver)?.group_wait,
      pagerduty: receiver?.pagerduty_configs?.length ?? 0,
      slack: receiver?.slack_configs?.map(({ api_url_file: file }) => path.basename(file)),
      mail: receiver?.email_configs?.flatMap(({ to }) => to.split(', ')),
    }).toEqual(wanted);
  });
});
