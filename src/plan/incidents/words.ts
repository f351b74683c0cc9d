import { alertText, factsOfNews, templateFor, type AlertText } from '../alert-text.js';
import type { Environment, Plan, Severity } from '../model.js';
import type { RunIdentity } from '../run-input.js';
import type { Trouble } from '../trouble.js';

interface Known {
  run: Pick<RunIdentity, 'workflowId' | 'planTitle'>;
  plan: Pick<Plan, 'alerts' | 'metrics'>;
  environment: Pick<Environment, 'title' | 'metrics'>;
}

/**
 * The words of the plan's template for the metric that a trouble is about: an incident and the alerts that it comes from are one
 * page, of which PagerDuty keeps the words that come first. Undefined where the plan has none, and where nobody can judge it.
 */
export function wordsOfTrouble(known: Known, trouble: Trouble, severity: Severity): AlertText | undefined {
  const { run, plan, environment } = known;
  const metric = trouble.metric === undefined ? undefined : plan.metrics[trouble.metric];
  // A cause with a bound of its own has no level.
  const level = trouble.level ?? (severity === 3 ? 'warning' : 'critical');
  if (!metric || level === 'unknown') return undefined;
  const template = templateFor(plan.alerts, metric.name, level);
  if (!template) return undefined;
  const facts = {
    reason: trouble.reason,
    run: run.workflowId,
    plan: run.planTitle,
    environment: environment.title,
    ...factsOfNews(metric, { ...trouble, level }, environment.metrics.bindings),
  };
  return alertText(template, facts, metric, level);
}
