import { ActivityFailure, log, patched } from '@temporalio/workflow';
import { watchedCauses } from '../../plan/guard/status.js';
import type { GuardInput } from '../../plan/run-input.js';
import { environmentCalls } from '../activities.js';
import { failureText } from '../phase/attempt.js';
import type { GuardRecord } from './record.js';

/** So that nobody is blind for the store's sake. */
const patienceBetweenLooks = '10s';
/** A worker that dies in the middle of it is missed after ten seconds; the guard of the next run waits longer (`keepGuard`). */
const patienceAtTheEnd = '1m';
/** What an execution hands over stays small. */
const much = 100;

/**
 * Keeps what the guard saw as evidence: by what rules, of which source, and how each metric stood from when on. What the
 * store does not take now stays with the guard, and in its history.
 */
export async function keepNews(
  input: GuardInput,
  record: GuardRecord,
  when: 'when there is much' | 'all of it'
): Promise<void> {
  const { news, watch, startedAt, stored, unwatched } = record.carried;
  const isDue = when === 'when there is much' ? news.length >= much : watch !== undefined || isKnownUnseen(record);
  if (!isDue) return;
  const { run, guard, metrics, environment, since, changedAt, baseline } = input;
  const { provider, url, lag, bindings } = environment.metrics;
  const document = {
    origin: { run: run.workflowId, address: 'guard', title: 'Guard' },
    guard,
    metrics,
    causes: watchedCauses(input),
    source: { provider, url, lag, bindings },
    since,
    ...(changedAt === undefined ? {} : { changedAt }),
    baseline,
    startedAt,
    news,
    ...(watch ? { seen: watch } : {}),
    ...(unwatched ? { unwatched } : {}),
    before: stored,
  };
  try {
    const { reads } = environmentCalls(environment.id);
    const patience = when === 'all of it' ? patienceAtTheEnd : patienceBetweenLooks;
    const ref = await reads.recordEvidence.executeWithOptions(
      { summary: 'Keep what the guard saw', scheduleToCloseTimeout: patience },
      [{ kind: 'guard', document }]
    );
    record.stored(ref);
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    log.warn('What the guard saw could not be stored', { reason: failureText(error) });
  }
}

/** That nobody could look is evidence too. */
function isKnownUnseen({ carried }: GuardRecord): boolean {
  return carried.unwatched !== undefined && patched('looked-at-last');
}
