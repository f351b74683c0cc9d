import type { Decision } from '../../plan/quorum.js';
import type { RunSnapshot } from '../read/snapshot.js';

/** What one person decided. */
export interface ReportedDecision {
  /** Epoch ms; absent where it was not kept. */
  at?: number;
  by: string;
  decision: 'approved' | 'rejected' | 'waived' | 'taken over' | 'accepted as it is';
  /** Address of the gate or step, or the ledger entry. */
  about: string;
  title: string;
  /** Roles of the gate that this person can fill. */
  as: string[];
  reason?: string;
  /** How the identity of somebody who decided an approval was established. */
  identity?: Decision['identity'];
}

/** Approvals, waivers and what was done about undos, in order; the answers to checklist items stand with the items. */
export function reportedDecisions({ phases, rollbacks }: RunSnapshot): ReportedDecision[] {
  const titleOf = (address: string): string =>
    phases.flatMap((phase) => phase.steps).find((step) => step.address === address)?.title ?? address;
  const approvals = phases.flatMap((phase) =>
    phase.decisions.map(({ at, by, decision, gate, roles, reason, identity }): ReportedDecision => ({
      at,
      by,
      decision: decision === 'approve' ? 'approved' : 'rejected',
      about: gate,
      title: titleOf(gate),
      as: roles,
      ...(reason === undefined ? {} : { reason }),
      identity,
    }))
  );
  const waivers = phases.flatMap((phase) =>
    phase.waivers.map(({ at, by, address, reason }): ReportedDecision => ({
      at,
      by,
      decision: 'waived',
      about: address,
      title: titleOf(address),
      as: [],
      reason,
    }))
  );
  const byHand = rollbacks.flatMap((rollback) =>
    rollback.undos.flatMap(({ entryId, title, state, by, reason, endedAt }): ReportedDecision[] => {
      if (by === undefined || (state !== 'taken over' && state !== 'accepted')) return [];
      return [
        {
          ...(endedAt === undefined ? {} : { at: endedAt }),
          by,
          decision: state === 'accepted' ? 'accepted as it is' : 'taken over',
          about: entryId,
          title,
          as: [],
          ...(reason === undefined ? {} : { reason }),
        },
      ];
    })
  );
  return [...approvals, ...waivers, ...byHand].toSorted((a, b) => (a.at ?? 0) - (b.at ?? 0));
}
