import { alertLabels } from '../../../plan/alert-labels.js';
import { outcomeKinds } from '../../../plan/outcome.js';
import type { RunMetric } from '../../../plan/run-metrics.js';
import { matchers, type Subject } from '../subject.js';
import { goText } from './go-template.js';
import type { AlertingRule } from './rules.js';

/** The alert that no worker tells how the guard of a run stands: then nobody measures, calls people or takes anything back. */
export const silentGuard = 'guard_silent';
/** Its label `reason`: the run itself can be told nothing of it. */
export const silentReason = 'not-watched';

const guards: RunMetric = 'phasegate_guard_state';
const runs: RunMetric = 'phasegate_run_state';
/** Nobody comes back to an alert that has lasted longer. */
const remembered = '6h';
/** As often as Prometheus reads the workers: what was told once is found. */
const readEvery = '15s';
/** As executions that have ended are told: one without an outcome was ended from outside. */
const ended = [...outcomeKinds, 'terminated'].join('|');

/**
 * What nothing but Prometheus can tell: guard and alerts are workflows, which need a worker and Temporal themselves. That
 * the run is listed says nothing: Temporal lists it also when nobody runs its workflows. That it ended counts when it was
 * told no earlier than the guard was: a guard that was told since is that of a run that began again.
 */
export function silenceRule({ frozen, labels }: Pick<Subject, 'frozen' | 'labels'>): AlertingRule {
  const { plan, environment } = frozen;
  const each = 'max by (environment, plan)';
  const told = `${guards}${matchers(labels)}`;
  const watching = `${guards}${matchers(labels, 'state!="ended"')}`;
  const over = `${runs}${matchers(labels, `state=~"${ended}"`)}`;
  const within = (series: string): string => `${each} (max_over_time(${series}[${remembered}]))`;
  const last = (series: string): string => `${each} (max_over_time(timestamp(${series})[${remembered}:${readEvery}]))`;
  return {
    alert: silentGuard,
    expr: `${within(watching)} unless ${each} (${told}) unless (${within(over)} unless ${last(watching)} > ${last(over)})`,
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
