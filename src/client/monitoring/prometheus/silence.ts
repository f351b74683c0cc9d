import { alertLabels } from '../../../plan/alert-labels.js';
import { outcomeKinds } from '../../../plan/outcome.js';
import type { RunMetric } from '../../../plan/run-metrics.js';
import { matchers, type Subject } from '../subject.js';
import { goText } from './go-template.js';
import type { AlertingRule } from './rules.js';

/** The alert that no worker tells of a run that a guard watched: then nobody measures, calls people or takes anything back. */
export const silentGuard = 'guard_silent';
/** Its label `reason`: the run itself can be told nothing of it. */
export const silentReason = 'not-watched';

const guards: RunMetric = 'phasegate_guard_state';
const runs: RunMetric = 'phasegate_run_state';
/** Nobody comes back to an alert that has lasted longer; and a run that began again meanwhile is told as a new one. */
const remembered = '[6h]';
/** As executions that have ended are told: one without an outcome was ended from outside. */
const ended = [...outcomeKinds, 'terminated'].join('|');

/** What nothing but Prometheus can tell: guard and alerts are workflows, which need a worker and Temporal themselves. */
export function silenceRule({ frozen, labels }: Pick<Subject, 'frozen' | 'labels'>): AlertingRule {
  const { plan, environment } = frozen;
  const each = 'max by (environment, plan)';
  const watched = `${each} (max_over_time(${guards}${matchers(labels, 'state!="ended"')}${remembered}))`;
  const told = `${each} (${runs}${matchers(labels)})`;
  const over = `${each} (max_over_time(${runs}${matchers(labels, `state=~"${ended}"`)}${remembered}))`;
  return {
    alert: silentGuard,
    expr: `${watched} unless ${told} unless ${over}`,
    for: '5m',
    labels: {
      severity: 'critical',
      metric: 'guard',
      ...labels,
      reason: silentReason,
      [alertLabels.plan]: labels.plan,
      [alertLabels.environment]: labels.environment,
      [alertLabels.rendered]: 'true',
    },
    annotations: {
      summary: `CRITICAL: nobody tells whether ${goText(plan.title)} is still watched`,
      description: `A guard watched it, and for five minutes no worker of ${goText(environment.title)} has told how it stands. Until one does nothing is measured, nobody is called and nothing is taken back. See which workers run and whether they reach Temporal: phasegate doctor --env ${goText(environment.id)}`,
      runbook: 'runbook.html#guard-silent',
    },
  };
}
