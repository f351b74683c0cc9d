import type { EnvironmentDocument } from '../document/environment-document.js';
import type { BlackoutDocument } from '../document/plan-document.js';
import { parseDuration } from '../language/duration.js';
import { sure } from '../language/understood.js';
import type { Channel, DeployTarget, Environment, MetricBinding, MetricSource } from '../model.js';
import { allowedHosts } from '../hosts.js';
import { riseQuery } from '../rise.js';
import { freezeAlertChannel } from './channels.js';
import type { Clock } from './clock.js';
import { withoutUndefined } from './criteria.js';
import { freezeBlackout } from './schedule.js';

/**
 * The environment as activities read it. The document has no faults; secrets stay references.
 *
 * @param blackouts of the plan
 */
export function freezeEnvironment(
  document: EnvironmentDocument,
  clock: Clock,
  blackouts: readonly BlackoutDocument[]
): Environment {
  const { compress } = document;
  const channels = Object.entries(document.channels).map(([name, channel]) => freezeAlertChannel(name, channel));
  const closed = [...document.blackouts, ...blackouts];
  return {
    id: document.id,
    kind: document.kind,
    title: document.title,
    timeZone: document['time-zone'],
    ...(closed.length > 0 ? { blackouts: closed.map(freezeBlackout) } : {}),
    people: Object.entries(document.people).map(([name, person]) => ({ name, ...person })),
    trust: document.trust,
    flags: document.flags,
    metrics: freezeSource(document.metrics, clock),
    deploy: Object.fromEntries(
      Object.entries(document.deploy).map(([name, target]) => [name, freezeTarget(target, clock)])
    ),
    services: document.services,
    httpAllow: allowedHosts(Object.values(document.services), document.http?.allow ?? []),
    commands: { cwd: document.commands.cwd, env: document.commands.env, allow: document.commands.allow },
    notify: document.notify.flatMap(freezeChannel),
    ...(channels.length > 0 ? { channels } : {}),
    ...(Object.keys(document.contacts).length > 0 ? { contacts: document.contacts } : {}),
    ...(compress
      ? {
          compression: {
            scale: compress.scale,
            ...(compress.cap === undefined
              ? {}
              : { cap: { ms: sure(parseDuration(compress.cap)), planned: compress.cap } }),
          },
        }
      : {}),
  };
}

function freezeSource(
  { provider, prometheus, endpoint, bindings }: EnvironmentDocument['metrics'],
  clock: Clock
): MetricSource {
  const source = provider === 'prometheus' ? prometheus : endpoint;
  if (!source) throw new Error(`unchecked metrics source ${provider}`);
  const fallback = provider === 'prometheus' ? prometheus?.range : undefined;
  const frozen = Object.entries(bindings).map(
    ([name, { range: own, counter, ...written }]): [string, MetricBinding] => {
      const binding = counter === undefined ? written : { ...written, promql: riseQuery(counter) };
      // Kept without {{range}} too: it also bounds how far back a plain selector may look.
      const queries = [binding.promql, ...Object.values(binding.context ?? {})];
      const range = own ?? (queries.some((query) => query?.includes('{{range}}')) ? fallback : undefined);
      return [name, { ...withoutUndefined(binding), ...(range === undefined ? {} : { range: clock.kept(range) }) }];
    }
  );
  return {
    provider,
    url: source.url,
    lag: clock.kept(source.lag),
    timeout: clock.kept(source.timeout),
    headers: source.headers,
    bindings: Object.fromEntries(frozen),
  };
}

function freezeTarget(
  { read, apply, undo, timeout }: EnvironmentDocument['deploy'][string],
  clock: Clock
): DeployTarget {
  return { read, apply, undo: undo === 'none' ? [] : (undo ?? apply), timeout: clock.kept(timeout) };
}

function freezeChannel({ log, webhook }: EnvironmentDocument['notify'][number]): Channel[] {
  if (log) return [{ kind: 'log', name: log.name }];
  if (!webhook || (webhook.optional && webhook.url === '')) return [];
  return [{ kind: 'webhook', name: webhook.name, url: webhook.url, headers: webhook.headers }];
}
