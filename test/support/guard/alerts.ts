import type { Alerts, Channel } from '../../../src/plan/model.js';
import type { AlertInput } from '../../../src/plan/run-input.js';
import { environment, runIdentity, span } from '../stage/plans.js';

/** Alerts of a plan: a warning goes to the lead, what is critical to lead and manager, and to the CTO after five minutes. */

const minute = 60_000;

export const alerts: Alerts = {
  routes: {
    warning: {
      channels: ['chat'],
      to: ['lead'],
      escalate: { after: span(10 * minute), to: [] },
      remindEvery: span(60 * minute),
    },
    critical: {
      channels: ['pager', 'chat', 'gone'],
      to: ['lead', 'manager'],
      escalate: { after: span(2 * minute), to: ['cto', 'lead'] },
      remindEvery: span(15 * minute),
    },
  },
  templates: [
    {
      id: 'errors',
      metric: 'error_rate',
      level: 'critical',
      title: 'Errors in {{environment}} of {{run}}',
      message: '{{metric}}: {{value}} ({{affected}}), {{impact}}, {{reason}}, {{level}}, {{plan}}',
      runbook: 'https://wiki/errors',
    },
  ],
};

export const channels: Channel[] = [
  { kind: 'slack', name: 'chat', url: 'http://chat' },
  { kind: 'pagerduty', name: 'pager', url: 'http://pager', routingKey: 'k' },
];

export function alertInput(change: Partial<AlertInput> = {}): AlertInput {
  return {
    schemaVersion: 1,
    run: runIdentity(),
    key: 'error_rate',
    metric: 'error_rate',
    news: { level: 'critical', reason: '7%', at: 0 },
    alerts,
    description: 'Failing requests',
    impact: 'Users leave',
    environment: environment('e', { channels, contacts: { cto: 'board@example.com' } }),
    ...change,
  };
}
