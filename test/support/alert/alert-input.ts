import type { AlertRoute, Alerts, Channel, Environment } from '../../../src/plan/model.js';
import type { AlertInput } from '../../../src/plan/run-input.js';
import type { LevelNews } from '../../../src/plan/trouble.js';
import { environment, span } from '../stage/plans.js';

/** Alerts for tests: what a test is about is named, the rest is the plan's of the issue in little. */
export function route(change: Partial<AlertRoute> = {}): AlertRoute {
  return {
    channels: [],
    to: ['operations'],
    escalate: { after: span(300_000), to: ['executives'] },
    remindEvery: span(600_000),
    ...change,
  };
}

export function alertsOf(critical: Partial<AlertRoute> = {}, warning: Partial<AlertRoute> = {}): Alerts {
  return {
    routes: { critical: route(critical), warning: route({ to: ['engineering'], ...warning }) },
    templates: [
      {
        id: 'isolation-broken',
        metric: 'isolation',
        level: 'critical',
        title: 'CRITICAL: isolation is broken ({{value}})',
        message: 'Affected user: {{user}}, tenant {{tenant}}',
        runbook: 'https://runbooks.example/isolation',
      },
    ],
  };
}

let clock = Date.now();

/** Each later than the one before. */
export function news(level: LevelNews['level'], change: Partial<LevelNews> = {}): LevelNews {
  clock += 1;
  return { level, reason: `isolation is ${level}`, value: 3, at: clock, ...change };
}

export function alertInput(
  change: Partial<AlertInput> & { environmentId?: string; planId?: string; channels?: Channel[] } = {}
): AlertInput {
  const { environmentId = 't', planId = 'plan', channels = [], ...rest } = change;
  const where: Environment = {
    ...environment(environmentId),
    channels,
    contacts: { operations: 'ops@example.test', executives: 'exec@example.test', engineering: 'eng@example.test' },
  };
  return {
    schemaVersion: 1,
    run: {
      workflowId: `migration/${environmentId}/${planId}`,
      runId: '01234567-89ab-cdef-0123-456789abcdef',
      planId,
      planTitle: 'A plan',
      digest: 'sha256:0',
      startedBy: 'dana',
      startedAt: 0,
    },
    key: 'isolation',
    metric: 'isolation',
    news: news('critical'),
    description: 'Users seeing data of others',
    impact: 'trust is lost',
    environment: where,
    ...rest,
  };
}
