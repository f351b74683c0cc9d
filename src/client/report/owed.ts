import { cleanupId, incidentAddressOf } from '../../plan/names.js';
import { oneOf } from '../../plan/text/spans.js';
import { gatesOf } from '../read/gates.js';
import { owedFor } from '../read/incident-debt.js';
import type { RunSnapshot } from '../read/snapshot.js';
import { finishing } from '../view/outcome-line.js';

/** Something that people still have to do. */
export interface OwedPoint {
  what: string;
  /** People or a role. */
  who: string;
  /** Epoch ms. */
  dueAt?: number;
  /** What happens when nobody does it, or what to type. */
  then: string;
}

/**
 * Open gates, the most urgent first; then what finishes the run; then success metrics that are not known yet, but for a
 * run that did not succeed: its clean-up, which asks for them, never begins.
 */
export function stillOwed(snapshot: RunSnapshot): OwedPoint[] {
  const left = finishing(snapshot);
  const gates = gatesOf(snapshot);
  const { outcome } = snapshot.run;
  const failed = outcome !== undefined && outcome.kind !== 'completed';
  return [
    ...gates.map(({ address, title, reason, kind, people, deadlineAt, then }) => ({
      what: kind === 'hold' ? `${title} (${address}) is on hold: ${reason}` : `${title} (${address})`,
      who: oneOf(people),
      dueAt: deadlineAt,
      then: `otherwise: ${then}`,
    })),
    ...(snapshot.incidents ?? []).flatMap((incident) => {
      const debt = owedFor(incident, snapshot.frozen);
      if (!debt) return [];
      const { what, who, until, then = 'it stays open until then' } = debt;
      const about = `${incidentAddressOf(incident.number)} (${incident.title})`;
      return [{ what: `${about}: ${what}`, who, ...(until === undefined ? {} : { dueAt: until }), then }];
    }),
    ...(left ? [{ what: 'Finish the rollback', who: 'release manager', then: `${left.command} ${left.remark}` }] : []),
    ...(failed ? [] : (snapshot.run.kpis ?? []))
      // One that is asked for now stands among the gates.
      .filter(
        (kpi) => kpi.state === 'owed' && !gates.some(({ address }) => address.startsWith(`${cleanupId}/${kpi.id}#`))
      )
      .map(({ title, target, by, dueAt }) => ({
        what: `Success metric: ${title} (${target})`,
        who: by ?? "the run's own evidence",
        ...(dueAt === undefined ? {} : { dueAt }),
        then: 'it stays unknown until then',
      })),
  ];
}
