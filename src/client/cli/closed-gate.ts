import { means, parseAddress } from '../../plan/address.js';
import type { Phase } from '../../plan/model.js';
import { outcomeWords } from '../../plan/outcome.js';
import { instantText } from '../../plan/text/spans.js';
import type { RunSnapshot } from '../read/snapshot.js';

/** Points of every phase that the plan does not name. */
const always = ['approval', 'success', 'soak', 'schedule', 'baseline'];

/** Whether the run has, or can come to, such a point at all: what is unknown was mistyped, and never opens. */
export function hasPoint({ frozen, phases }: RunSnapshot, named: string): boolean {
  const recorded = phases.flatMap(({ steps, ledger }) => [
    ...steps.map((step) => step.address),
    ...ledger.map((entry) => entry.id),
  ]);
  return frozen.plan.phases.some((phase) => {
    const written = parseAddress(named, phase.id);
    if (written === undefined) return false;
    if (recorded.some((address) => means(written, address))) return true;
    // A stage of a traffic step is called after it: ramp@25.
    return written.phase === phase.id && pointsOf(phase).includes(written.step.replace(/@.*$/, ''));
  });
}

function pointsOf({ before, steps, successChecks }: Phase): string[] {
  return [...always, ...[...before, ...steps, ...successChecks].map(({ id }) => id)];
}

/**
 * Why nothing is open there any more, as far as that is known: who decided what and when, and that the run has ended.
 *
 * @param named left out: the last decision of the run
 * @returns empty when nothing was decided and the run goes on
 */
export function whyClosed({ run, phases }: RunSnapshot, named?: string): string {
  const made = phases.flatMap(({ phase, decisions, steps }) => {
    const written = named === undefined ? undefined : parseAddress(named, phase);
    const meant = (address: string): boolean =>
      named === undefined || (written !== undefined && means(written, address));
    return [
      ...decisions
        .filter(({ gate }) => meant(gate))
        .map(({ gate, by, decision, at }) => ({ gate, by, at, did: decision === 'approve' ? 'approved' : 'rejected' })),
      ...steps.flatMap(({ address, answer }) =>
        answer && meant(address)
          ? [{ gate: address, by: answer.by, at: answer.at, did: `answered "${answer.answer}" to` }]
          : []
      ),
    ];
  });
  const last = made.toSorted((a, b) => a.at - b.at).at(-1);
  const { outcome } = run;
  return [
    ...(last ? [`${last.by} ${last.did} ${last.gate} at ${instantText(last.at)}`] : []),
    ...(outcome ? [`the run ended at ${instantText(outcome.endedAt)}: ${outcomeWords(outcome.kind)}`] : []),
  ].join('; ');
}
