import type { WatchParts } from '../../../src/client/read/watch-parts.js';
import type { AlertStatus, GuardStatus, IncidentStatus } from '../../../src/plan/watch-status.js';
import { now } from './scene.js';

const minute = 60_000;
const run = 'migration/demo/user-execution-context';

export const guard: GuardStatus = {
  schemaVersion: 1,
  workflowId: `${run}/guard`,
  runId: 'run-guard',
  state: 'watching',
  startedAt: now - 40 * minute,
  metrics: [
    { metric: 'golden_path_success_rate', state: 'critical', value: 0.74, since: now - 4 * minute, seenAt: now },
    { metric: 'user_isolation_violations', state: 'ok', value: 0, since: now - 40 * minute, seenAt: now },
    { metric: 'response_time_p95', state: 'warning', value: 3.4, since: now - 2 * minute, seenAt: now },
  ],
  alerts: [`${run}/alert/golden_path_success_rate`],
  sentence: 'Watches 9 metrics every 15 s; golden_path_success_rate is critical.',
};

export const alert: AlertStatus = {
  schemaVersion: 1,
  workflowId: `${run}/alert/golden_path_success_rate`,
  runId: 'run-alert',
  dedupKey: 'demo/golden_path_success_rate',
  metric: 'golden_path_success_rate',
  level: 'critical',
  state: 'acknowledged',
  title: 'Golden path success is critical',
  message: 'Users cannot finish their chats.',
  reason: 'golden_path_success_rate is 74%, critical < 80%',
  openedAt: now - 4 * minute,
  acknowledged: { by: 'ola', at: now - 3 * minute },
  deliveries: [
    { channel: 'pagerduty', kind: 'opened', state: 'delivered', at: now - 4 * minute },
    { channel: 'slack-ops', kind: 'opened', state: 'failing', at: now - 4 * minute, reason: 'HTTP 503' },
  ],
  refusals: [],
  sentence: 'Acknowledged by ola.',
};

export const incident: IncidentStatus = {
  schemaVersion: 1,
  workflowId: `${run}/incident/1`,
  runId: 'run-incident',
  number: 1,
  severity: 1,
  title: 'Golden path complete failure',
  reason: 'golden_path_success_rate is critical',
  source: 'guard',
  openedAt: now - 4 * minute,
  openedBy: 'guard',
  state: 'open',
  respondBy: now + minute,
  escalatedAt: now - 3 * minute,
  rollback: { reach: 'all', state: 'running' },
  warRoom: {
    trigger: 'severity-1',
    openedAt: now - 4 * minute,
    activateBy: now + minute,
    roles: [{ id: 'commander', title: 'Incident commander', role: 'engineering-lead', person: 'erin' }],
    steps: [
      { id: 'activate', title: 'Activate the war room', doneAt: now - 3 * minute, by: 'erin' },
      { id: 'assess', title: 'Assess the impact' },
      { id: 'respond', title: 'Execute the response' },
    ],
  },
  tasks: [],
  notes: [],
  updates: [],
  postMortem: { by: 'engineering-lead' },
  timeline: [],
  refusals: [],
  sentence: 'Waits for erin to assess the impact.',
};

export const troubled: WatchParts = { guard, alerts: [alert], incidents: [incident], silent: [] };
