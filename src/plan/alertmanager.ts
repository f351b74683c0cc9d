import { z } from 'zod';
import { alertLabels } from './alert-labels.js';
import { identifier } from './document/fields.js';
import { migrationId } from './names.js';
import { beginning, clean, cleanLine } from './text/clean.js';

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
  alerts: z.array(z.unknown()),
});

/** A firing alert: what it says, whatever a plan may know of it. */
export interface OtherAlert {
  name: string;
  /** One for an alert, however often it fires. */
  key: string;
  title: string;
  reason: string;
  /** Epoch ms. */
  at: number;
  /** Those that are empty are none. */
  labels: Readonly<Record<string, string>>;
}

/** The run that an alert is about; why it says nothing; or why nobody can tell what it says. */
export type Posted = { run: string; alert: OtherAlert } | { ignored: string } | { problem: string };
export type Read = { ok: true; posted: Posted[] } | { ok: false; problem: string };

/** Which run is meant where the labels do not say. */
export interface Default {
  plan?: string;
  environment?: string;
}

const longest = 2_000;

/**
 * Reads what Alertmanager posts. Which run is meant say the labels `phasegate_plan` and `phasegate_environment`, or the
 * defaults. An alert that is none is a problem of its own: the others of the post are read all the same. One that is
 * resolved says nothing: the run measures for itself.
 */
export function readAlertmanager(raw: unknown, defaults: Default): Read {
  const parsed = payload.safeParse(raw);
  if (!parsed.success) return { ok: false, problem: `no webhook of Alertmanager: ${firstIssue(parsed.error)}` };
  return { ok: true, posted: parsed.data.alerts.map((one, index) => posted(one, index, defaults)) };
}

function posted(raw: unknown, index: number, defaults: Default): Posted {
  const parsed = alert.safeParse(raw);
  if (!parsed.success) return { problem: `no alert of Alertmanager: ${firstIssue(parsed.error, ['alerts', index])}` };
  const { status, annotations = {}, startsAt, fingerprint } = parsed.data;
  const named = Object.fromEntries(Object.entries(parsed.data.labels).filter(([, value]) => value !== ''));
  const name = beginning(cleanLine(named['alertname'] ?? fingerprint), 200);
  if (status === 'resolved') return { ignored: `${name} is resolved` };
  const plan = named[alertLabels.plan] ?? defaults.plan;
  const environment = named[alertLabels.environment] ?? defaults.environment;
  if (!plan || !environment) {
    const [label, option] = plan ? [alertLabels.environment, '--env'] : [alertLabels.plan, '--plan'];
    return { problem: `${name} names no run: it has no label ${label}, and the receiver was given no ${option}` };
  }
  // They become part of a workflow's id, where anything else could name another workflow.
  const noId = [plan, environment].find((one) => !identifier.safeParse(one).success);
  if (noId !== undefined) return { problem: `${name} names no run: "${noId.slice(0, 100)}" is no id` };
  const title = annotations['summary'] ?? annotations['title'] ?? name;
  const reason = annotations['description'] ?? annotations['message'] ?? `Alertmanager reports ${name}`;
  return {
    run: migrationId(environment, plan),
    alert: {
      name,
      key: `alertmanager/${cleanLine(fingerprint)}`,
      title: beginning(cleanLine(title), longest),
      reason: beginning(clean(reason).trim(), longest),
      at: Date.parse(startsAt),
      labels: named,
    },
  };
}

function firstIssue(error: z.ZodError, around: ReadonlyArray<PropertyKey> = []): string {
  const [issue] = error.issues;
  const path = [...around, ...(issue?.path ?? [])];
  return `${path.length > 0 ? `${path.map(String).join('.')} ` : ''}${issue?.message ?? 'has the wrong shape'}`;
}
