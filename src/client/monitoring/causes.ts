import type { AlertLevel, Bound, CauseRule, IncidentCause, Plan, Severity, SeveritySpec } from '../../plan/model.js';
import { ruleText } from '../../plan/text/causes.js';

/** A cause of an incident with a condition of its own: no threshold of its metric tells of it, so it has an alert itself. */
export interface OwnCause {
  id: string;
  title: string;
  severity: Severity;
  /** Whose route its alert takes, as the calls of its incident do. */
  level: AlertLevel;
  /** What the plan says is to be done. */
  action: string;
  /** As the plan writes it. */
  text: string;
  /** It holds where all of them do. */
  bounds: Bound[];
  /** The values are shares of what the metric was before the first change of the run. */
  ofBaseline: boolean;
}

/** In the plan's order. */
export function ownCausesOf({ incidents }: Pick<Plan, 'incidents'>, metric: string): OwnCause[] {
  return (incidents?.severities ?? []).flatMap((spec) =>
    spec.causes.flatMap((cause) => (cause.when?.metric === metric ? ownCause(spec, cause, cause.when) : []))
  );
}

function ownCause({ severity, action }: SeveritySpec, { id, title }: IncidentCause, when: CauseRule): OwnCause[] {
  if ('level' in when) return [];
  const about = { id, title, severity, level: severity === 3 ? 'warning' : 'critical', action } as const;
  const text = ruleText(when);
  if ('bound' in when) return [{ ...about, text, bounds: [when.bound], ofBaseline: false }];
  const { above, below } = when.slower;
  const most = below === undefined ? [] : [share('<=', below)];
  return [{ ...about, text, bounds: [share('>', above), ...most], ofBaseline: true }];
}

function share(op: '>' | '<=', ratio: number): Bound {
  const value = 1 + ratio;
  return { op, value, text: `${op} ${value} of the baseline` };
}
