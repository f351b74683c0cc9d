import { ApplicationFailure } from '@temporalio/common';
import type { Change, FlagState, LedgerEntry } from '../../plan/change.js';
import { describeState } from '../../plan/ledger.js';
import type { ChangeTarget } from '../changes/target.js';
import { codeOf, fail, messageOf } from '../fail.js';
import type { FlagProvider } from './provider.js';
import { sameExposure, wished } from './state.js';

/** A flag as the target of an action. */
export function createFlagTarget(key: string, provider: FlagProvider): ChangeTarget {
  return {
    read: () => provider.read(key),
    async apply(entry) {
      try {
        const changed = await provider.write(key, changeOf(entry), entry.idempotencyKey);
        const state = describeState({ ...beforeOf(entry), ...wished(changeOf(entry), beforeOf(entry)) });
        return { verdict: 'PASS', reason: `${key} is ${changed ? 'now' : 'already'} ${state}` };
      } catch (error) {
        if (!isRefusal(error)) throw error;
        return { verdict: 'FAIL', reason: messageOf(error) };
      }
    },
    async verify(entry) {
      const wanted: FlagState = { ...beforeOf(entry), ...wished(changeOf(entry), beforeOf(entry)) };
      let state: FlagState;
      try {
        state = await provider.read(key);
      } catch (error) {
        // One that may not be read is not judged; one that is not there is.
        if (codeOf(error) !== 'PG302') throw error;
        return { verdict: 'FAIL', reason: messageOf(error), found: 'no such flag' };
      }
      const found = describeState(state);
      if (!sameExposure(state, wanted)) {
        return { verdict: 'FAIL', reason: `${key} is ${found}, not ${describeState(wanted)}`, found };
      }
      const observed = await provider.observe(state);
      const seen = `${found} (${observed.found})`;
      return observed.problem === undefined
        ? { verdict: 'PASS', reason: `${key} is ${seen}`, found: seen }
        : { verdict: 'FAIL', reason: `${key} is ${found} by definition, but ${observed.problem}`, found: seen };
    },
    async undo(entry) {
      const before = beforeOf(entry);
      const changed = await restore(key, before, provider);
      const state = await provider.read(key);
      if (!sameExposure(state, before)) {
        throw fail('PG317', `${key} was put back, but is ${describeState(state)}, not ${describeState(before)}`);
      }
      const observed = await provider.observe(state);
      const note = observed.problem === undefined ? '' : `; as before, ${observed.problem}`;
      const what = changed ? 'put back' : 'already';
      return { changed, state, reason: `${key} is ${what}: ${describeState(state)}${note}` };
    },
  };
}

/** Whoever has to finish a failed undo by hand wants to know first how the flag reads now, where that can be told. */
async function restore(key: string, before: FlagState, provider: FlagProvider): Promise<boolean> {
  try {
    return await provider.restore(before);
  } catch (error) {
    const code = codeOf(error);
    if (code === undefined) throw error;
    const now = await readIfPossible(key, provider);
    if (now === undefined) throw error;
    const reads = `${describeState(now)}${sameExposure(now, before) ? ' already' : ''}`;
    const retryable = !(error instanceof ApplicationFailure && error.nonRetryable === true);
    throw fail(code, `${key} could not be put back, it reads ${reads}`, { hint: messageOf(error), retryable });
  }
}

async function readIfPossible(key: string, provider: FlagProvider): Promise<FlagState | undefined> {
  try {
    return await provider.read(key);
  } catch (error) {
    // Why it could not be put back says more than why it could not be read either.
    if (codeOf(error) === undefined) throw error;
    return undefined;
  }
}

/** The flag system said no: measured badness, unlike a system that could not be asked. */
function isRefusal(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'PG302' || code === 'PG303';
}

function changeOf({ change }: LedgerEntry): Extract<Change, { type: 'flag' }> {
  if (change.type === 'flag') return change;
  throw new TypeError(`a flag target got a change of type ${change.type}`);
}

function beforeOf({ before }: LedgerEntry): FlagState {
  if (before.type === 'flag') return before;
  throw new TypeError(`a flag target got a captured state of type ${before.type}`);
}
