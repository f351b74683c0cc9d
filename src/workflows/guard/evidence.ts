import { ActivityFailure, log } from '@temporalio/workflow';
import { watchedCauses } from '../../plan/guard/status.js';
import type { GuardInput } from '../../plan/run-input.js';
import { environmentCalls } from '../activities.js';
import { failureText } from '../phase/attempt.js';
import type { GuardRecord } from './record.js';

/** The end of a guard waits no longer for the store, and neither does its next look. */
const patience = '10s';
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
  const { news, watch, startedAt, stored } = record.carried;
  if (when === 'when there is much' ? news.length < much : watch === undefined) return;
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
    before: stored,
  };
  try {
    const { reads } = environmentCalls(environment.id);
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
