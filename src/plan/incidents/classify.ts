import type { IncidentCause, Incidents, Metric, Severity, SeveritySpec, WarRoomTrigger } from '../model.js';
import type { Trouble } from '../trouble.js';

/** What is wrong, in words: a person's own words are both title and reason. */
export function troubleWords({ title, reason }: { title: string; reason: string }): string {
  return reason.startsWith(title) ? reason : `${title}: ${reason}`;
}

/** What a reason adds to a title that stands before it; empty when it adds nothing. */
export function beyondTitle({ title, reason }: { title: string; reason: string }): string {
  if (reason === title) return '';
  return reason.startsWith(`${title}: `) ? reason.slice(title.length + 2) : reason;
}

/** What the plan says of a severity; where it says nothing, what it says of the next less severe one. */
export function specOf({ severities }: Incidents, severity: Severity): SeveritySpec | undefined {
  const known = severities.toSorted((a, b) => a.severity - b.severity);
  return known.find((spec) => spec.severity >= severity) ?? known.at(-1);
}

export function findCause(
  { severities }: Incidents,
  id: string
): { cause: IncidentCause; spec: SeveritySpec } | undefined {
  for (const spec of severities) {
    const cause = spec.causes.find((one) => one.id === id.trim().toLowerCase());
    if (cause) return { cause, spec };
  }
  return undefined;
}

/**
 * How severe a trouble is: the plan's cause decides. Without one, a red metric beyond its critical threshold is as bad as it
 * gets, any other critical trouble is high, and a warning is medium. What nobody can judge is high: people choose.
 */
export function severityOf(
  incidents: Incidents,
  { cause, metric, level }: Pick<Trouble, 'cause' | 'metric' | 'level'>,
  metrics: Readonly<Record<string, Pick<Metric, 'priority'>>>
): Severity {
  const known = cause === undefined ? undefined : findCause(incidents, cause);
  if (known) return known.spec.severity;
  if (level === 'unknown') return 2;
  if (level !== 'critical') return 3;
  return metric !== undefined && metrics[metric]?.priority === 'red' ? 1 : 2;
}

/** A cause of the plan, and how severe it is. */
export interface Worse {
  cause: string;
  title: string;
  severity: Severity;
}

/**
 * What a person who sees a warning of a metric may declare before the metric itself does: the gravest cause about it that is not
 * the warning itself. What concerns the next release alone can wait for the metric.
 */
export function worseThanWarning({ severities }: Incidents, metric: string): Worse | undefined {
  for (const { severity, reach, causes } of severities.toSorted((a, b) => a.severity - b.severity)) {
    const isWorse = ({ when }: IncidentCause): boolean =>
      when?.metric === metric && !('level' in when && when.level === 'warning');
    const cause = reach === 'none' ? undefined : causes.find(isWorse);
    if (cause) return { cause: cause.id, title: cause.title, severity };
  }
  return undefined;
}

/** An incident as the rules for war rooms see it. Times are epoch ms. */
export interface Begun {
  severity: Severity;
  openedAt: number;
  open: boolean;
}

/**
 * What opens a war room for an incident that begins now, the gravest first; undefined when nothing does. "Multiple" severity 2
 * are two that are open, or that begun within the plan's time of each other.
 *
 * @param others incidents of the run that began before it
 */
export function triggerOf(
  { warRoom, multipleWithin }: Incidents,
  now: Begun & { customer?: boolean; rollback?: boolean },
  others: readonly Begun[]
): WarRoomTrigger | undefined {
  const multiple =
    now.severity === 2 &&
    others.some(
      ({ severity, open, openedAt }) => severity === 2 && (open || now.openedAt - openedAt <= multipleWithin.ms)
    );
  const pulled: Record<WarRoomTrigger, boolean> = {
    'severity-1': now.severity === 1,
    rollback: now.rollback === true,
    'customer-escalation': now.customer === true,
    'multiple-severity-2': multiple,
  };
  return (Object.keys(pulled) as WarRoomTrigger[]).find(
    (trigger) => pulled[trigger] && warRoom?.triggers.includes(trigger)
  );
}
