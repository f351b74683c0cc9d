import { means, parseAddress } from '../../plan/address.js';
import type { Phase } from '../../plan/model.js';
import { cleanupId } from '../../plan/names.js';
import { outcomeWords } from '../../plan/outcome.js';
import { instantText } from '../../plan/text/spans.js';
import { currentPhase, effectiveState } from '../read/effective-state.js';
import type { PhaseStatus } from '../../plan/run-status.js';
import type { RunSnapshot } from '../read/snapshot.js';

/** Points of every phase that the plan does not name. */
const always = ['approval', 'success', 'soak', 'schedule', 'freeze', 'baseline'];

/** Whether the run has, or can come to, such a point at all: what is unknown was mistyped, and never opens. */
export function hasPoint({ frozen, phases, cleanup }: RunSnapshot, named: string): boolean {
  if (cleanup && isTask(cleanup, named)) return true;
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

function isTask({ steps }: PhaseStatus, named: string): boolean {
  const written = parseAddress(named, cleanupId);
  return written !== undefined && steps.some(({ address }) => means(written, address));
}

function pointsOf({ before, steps, successChecks }: Phase): string[] {
  return [...always, ...[...before, ...steps, ...successChecks].map(({ id }) => id)];
}

/** Answers to a gate of one kind: what closed one says nothing about another. */
const kinds = [['approve', 'reject'], ['attest'], ['retry', 'waive', 'rollback'], ['takeover']];

/**
 * Why nothing is open there any more, as far as that is known: who decided what and when, and that the run has ended.
 *
 * @param answer what somebody wants to say; only answers to gates of that kind are told
 * @param named left out: the last such answer of the run
 * @returns empty when no gate of that kind was answered and the run goes on
 */
export function whyClosed({ run, phases, cleanup }: RunSnapshot, answer: string, named?: string): string {
  const kind = kinds.find((answers) => answers.includes(answer)) ?? [];
  const made = [...phases, ...(cleanup ? [cleanup] : [])].flatMap(({ phase, decisions, steps, waivers }) => {
    const written = named === undefined ? undefined : parseAddress(named, phase);
    const meant = (address: string, by: string): boolean =>
      named === undefined ? kind.includes(by) : written !== undefined && means(written, address);
    return [
      ...decisions
        .filter(({ gate }) => meant(gate, 'approve'))
        .map(({ gate, by, decision, at }) => ({ gate, by, at, did: decision === 'approve' ? 'approved' : 'rejected' })),
      ...steps.flatMap(({ address, answer: given }) =>
        given && meant(address, 'attest')
          ? [{ gate: address, by: given.by, at: given.at, did: `answered "${given.answer}" to` }]
          : []
      ),
      ...waivers
        .filter(({ address }) => meant(address, 'waive'))
        .map(({ address, by, at }) => ({ gate: address, by, at, did: 'waived' })),
    ];
  });
  const last = made.toSorted((a, b) => a.at - b.at).at(-1);
  const { outcome } = run;
  const calledOff = cleanup?.state === 'failed' && named !== undefined && isTask(cleanup, named);
  return [
    ...(last ? [`${last.by} ${last.did} ${last.gate} at ${instantText(last.at)}`] : []),
    ...(calledOff ? [`the clean-up was ${cleanup.endedAs ?? 'cancelled'}`] : []),
    ...(outcome ? [`the run ended at ${instantText(outcome.endedAt)}: ${outcomeWords(outcome.kind)}`] : []),
  ].join('; ');
}

/** What a run does now that has no such gate open: its phase knows better than itself. */
export function standing(snapshot: RunSnapshot): string {
  const { run } = snapshot;
  const sentence = currentPhase(snapshot)?.sentence || run.sentence;
  return `it is ${effectiveState(snapshot)} now: ${sentence}`;
}
