import type { Metric } from '../../../plan/model.js';
import type { Subject, Watched } from '../subject.js';

/** What a metric is about, as far as its name, unit and thresholds say. */
const subjects = {
  satisfaction: /satisf|csat|\bnps\b|feedback/,
  uptime: /uptime|availab/,
  cpu: /\bcpu|cpu_|processor/,
  memory: /memory|\bheap/,
  database: /database|\bdb_|_db_|\bsql|connection_pool|pool_usage/,
  security: /isolation|permission|contamin|leak|security|compliance|gdpr|context_validation/,
  failures: /error|fail|corrupt|violation|reject|timeout|crash/,
  throughput: /requests?\b|throughput|messages?\b|per second/,
} as const;
export type About = keyof typeof subjects;

export function isAbout({ name, description }: Metric, about: About): boolean {
  const words = `${name} ${name.replaceAll('_', ' ')} ${description.toLowerCase()}`;
  return subjects[about].test(words);
}

export function those({ watched }: Subject, wanted: (metric: Metric) => boolean): Watched[] {
  return watched.filter(({ metric }) => wanted(metric));
}

/** A share of what succeeds: the more, the better. */
export function isSuccessRate({ unit, target, warning, critical, name }: Metric): boolean {
  if (unit !== 'ratio') return false;
  const bound = target ?? warning ?? critical;
  if (!bound) return /success|delivery|quality|uptime|availab|within/.test(name);
  const rises = bound.op.startsWith('>');
  return bound === target ? rises : !rises;
}
