import type { AlertStatus, GuardStatus, IncidentStatus } from '../../plan/watch-status.js';
import type { Link } from '../connection/link.js';
import { alertEnded, eachOnce } from './alerts.js';
import { describeRun } from './describe.js';
import { readFamily, type Relative } from './family.js';
import { incidentEnded } from './incidents.js';
import { queryStatus } from './query.js';
import type { RunRef } from './snapshot.js';

/** What watches over a run: its guard, alerts and incidents, oldest first. */
export interface WatchParts {
  /** Absent: nothing watches. */
  guard?: GuardStatus;
  alerts: AlertStatus[];
  incidents: IncidentStatus[];
  /** Workflow ids of those that are there and did not say how they stand. */
  silent: string[];
}

export const noWatch: WatchParts = { alerts: [], incidents: [], silent: [] };

type Status = GuardStatus | AlertStatus | IncidentStatus;
type Kind = 'guard' | 'alert' | 'incident';

/** So many alerts, and incidents, are read; the oldest are left out. */
const mostOfAKind = 50;

/** Reads what watches over one run, again and again; what has ended and told how is read once. */
export class WatchReader {
  private readonly link: Link;
  private readonly run: RunRef;
  private readonly ended = new Map<string, Status>();
  private firstRunId: string | undefined;

  constructor(link: Link, run: RunRef) {
    this.link = link;
    this.run = run;
  }

  /** @throws PhasegateError PG401 when the server cannot be reached */
  async read(): Promise<WatchParts> {
    this.firstRunId ??= (await describeRun(this.link, this.run.workflowId, this.run.runId)).firstRunId;
    const family = await readFamily(this.link, { firstRunId: this.firstRunId });
    const of = (type: Kind): Relative[] =>
      family.filter((one) => one.type === type && one.status !== 'CONTINUED_AS_NEW');
    // One that was reset has several executions.
    const incidents = [...new Map(of('incident').map((one) => [one.workflowId, one])).values()];
    // A guard that was ended from outside watches nothing.
    const guards = of('guard')
      .slice(-1)
      .filter(({ open, status }) => open || status === 'COMPLETED');
    const asked = [guards, of('alert').slice(-mostOfAKind), incidents.slice(-mostOfAKind)] as const;
    const silent: string[] = [];
    const [watching, alerts, known] = await Promise.all(asked.map((refs) => this.statuses(refs, silent)));
    const [guard] = watching as GuardStatus[];
    return {
      ...(guard ? { guard } : {}),
      alerts: eachOnce((alerts ?? []) as AlertStatus[], ({ openedAt }) => openedAt),
      incidents: (known ?? []) as IncidentStatus[],
      silent,
    };
  }

  private async statuses(refs: readonly Relative[], silent: string[]): Promise<Status[]> {
    const found = await Promise.all(refs.map((ref) => this.status(ref, silent)));
    return found.filter((one) => one !== undefined);
  }

  private async status(ref: Relative, silent: string[]): Promise<Status | undefined> {
    const known = this.ended.get(ref.runId);
    if (known) return known;
    const asked = await queryStatus<Status>(this.link, ref);
    if (!('status' in asked)) {
      silent.push(ref.workflowId);
      return undefined;
    }
    const status = ref.open || ref.status === 'COMPLETED' ? asked.status : endedFromOutside(ref, asked.status);
    if (!ref.open && status) this.ended.set(ref.runId, status);
    return status;
  }
}

function endedFromOutside({ type, status, closedAt, startedAt }: Relative, last: Status): Status | undefined {
  const at = closedAt ?? startedAt;
  if (type === 'alert') return alertEnded(last as AlertStatus, at);
  return type === 'incident' ? incidentEnded(last as IncidentStatus, { status, at }) : undefined;
}
