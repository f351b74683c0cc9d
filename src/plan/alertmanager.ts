import { z } from 'zod';
import { migrationId } from './names.js';
import type { Trouble } from './trouble.js';

/** Alertmanager's webhook, version 4: what of it matters here. https://prometheus.io/docs/alerting/latest/configuration/#webhook_config */
const labels = z.record(z.string(), z.string());
const alert = z.looseObject({
  status: z.enum(['firing', 'resolved']),
  labels,
  annotations: labels.optional(),
  startsAt: z.iso.datetime({ offset: true }).max(100),
  fingerprint: z.string().min(1).max(200),
});
const payload = z.looseObject({
  version: z.literal('4', { error: 'is not "4", the version of the webhook that is understood here' }),
  alerts: z.array(alert),
});

/** The run that an alert is about, and what it says; why it says nothing; or why nobody can tell which run is meant. */
export type Told = { run: string; trouble: Trouble } | { ignored: string } | { problem: string };
export type Read = { ok: true; told: Told[] } | { ok: false; problem: string };

/** Which run is meant where the labels do not say. */
export interface Default {
  plan?: string;
  environment?: string;
}

const longest = 2_000;

/**
 * Reads what Alertmanager posts. Which run is meant say the labels `phasegate_plan` and `phasegate_environment`, or the
 * defaults; `severity` becomes the level, `phasegate_cause` the cause, `phasegate_metric` the metric. An alert has one key,
 * however often it fires. One that is resolved says nothing: the run measures for itself.
 */
export function readAlertmanager(raw: unknown, defaults: Default): Read {
  const parsed = payload.safeParse(raw);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue && issue.path.length > 0 ? `${issue.path.join('.')} ` : '';
    return { ok: false, problem: `no webhook of Alertmanager: ${where}${issue?.message ?? 'has the wrong shape'}` };
  }
  return { ok: true, told: parsed.data.alerts.map((one) => told(one, defaults)) };
}

function told(
  { status, labels: named, annotations = {}, startsAt, fingerprint }: z.infer<typeof alert>,
  defaults: Default
): Told {
  const name = named['alertname'] ?? fingerprint;
  if (status === 'resolved') return { ignored: `${name} is resolved` };
  const plan = named['phasegate_plan'] ?? defaults.plan;
  const environment = named['phasegate_environment'] ?? defaults.environment;
  if (!plan || !environment) {
    const missing = plan ? 'phasegate_environment' : 'phasegate_plan';
    return { problem: `${name} names no run: it has no label ${missing}, and the receiver was given none` };
  }
  const severity = named['severity']?.toLowerCase() ?? '';
  const level = Object.hasOwn(levels, severity) ? levels[severity] : undefined;
  const cause = named['phasegate_cause'];
  const metric = named['phasegate_metric'];
  const title = annotations['summary'] ?? annotations['title'] ?? name;
  const reason = annotations['description'] ?? annotations['message'] ?? `Alertmanager reports ${name}`;
  return {
    run: migrationId(environment, plan),
    trouble: {
      dedupKey: `alertmanager/${fingerprint}`,
      source: 'alertmanager',
      title: title.slice(0, longest),
      reason: reason.slice(0, longest),
      at: Date.parse(startsAt),
      ...(level ? { level } : {}),
      ...(cause ? { cause: cause.slice(0, 100) } : {}),
      ...(metric ? { metric: metric.slice(0, 200) } : {}),
    },
  };
}

const levels: Record<string, 'warning' | 'critical'> = {
  critical: 'critical',
  page: 'critical',
  error: 'critical',
  warning: 'warning',
  warn: 'warning',
};
