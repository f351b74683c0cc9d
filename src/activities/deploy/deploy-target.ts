import type { Change, DeployState, LedgerEntry } from '../../plan/change.js';
import type { ChangeTarget } from '../changes/target.js';
import { codeOf, fail } from '../fail.js';
import type { DeployCall, Deployer } from './deployer.js';

/** A deployment as the target of an action. */
export function createDeployTarget(target: string, deployer: Deployer): ChangeTarget {
  const state = (revision: string): DeployState => ({ type: 'deploy', target, revision });
  return {
    read: async () => state(await deployer.read()),
    async apply(entry) {
      const { revision } = changeOf(entry);
      // One that was begun must be asked for its result: half-way through, the new revision may show already.
      if (!(await deployer.applyWasBegun(entry.idempotencyKey)) && (await deployer.read()) === revision) {
        return { verdict: 'PASS', reason: `${target} already runs ${revision}` };
      }
      return deployer.apply(callOf(entry, revision, entry.idempotencyKey, entry.idempotencyKey));
    },
    async verify(entry) {
      const { revision } = changeOf(entry);
      const now = await deployer.read();
      const found = `revision ${now}`;
      return now === revision
        ? { verdict: 'PASS', reason: `${target} runs ${now}`, found }
        : { verdict: 'FAIL', reason: `${target} runs ${now}, not ${revision}`, found };
    },
    async undo(entry, idempotencyKey) {
      const { revision } = beforeOf(entry);
      const key = `undo ${entry.idempotencyKey}`;
      const stopped = await deployer.revokeApply(entry.idempotencyKey, 'the deployment is being undone');
      // In this order: what another attempt undoes after the target was read is no reason to undo it once more.
      const done = await deployer.undoHasPassed(key);
      const now = await readIfPossible(deployer);
      // A failed deployment can leave a broken target that reports the old revision: that alone proves nothing.
      const asItWas = now === revision && (done || (!stopped && changeOf(entry).revision === revision));
      if (!asItWas && !(done && now === undefined)) {
        const ran = await deployer.undo(callOf(entry, revision, key, idempotencyKey), done);
        if (ran.verdict !== 'PASS') {
          const runsNow = runsText(await readIfPossible(deployer), revision);
          throw fail('PG317', `${target} could not be put back: ${ran.reason}; ${runsNow}`);
        }
      }
      const after = await deployer.read();
      if (after !== revision) {
        throw fail('PG317', `${target} was put back to ${revision}, but runs ${after}`);
      }
      const reason = asItWas ? `${target} already runs ${revision}` : `${target} was put back to ${revision}`;
      return { changed: !asItWas, state: state(after), reason };
    },
  };
}

/** What whoever has to finish a failed undo by hand wants to know first. */
function runsText(now: string | undefined, revision: string): string {
  if (now === undefined) return 'what it runs now could not be read';
  return now === revision ? `it says that it runs ${revision} already` : `it runs ${now}`;
}

function callOf(entry: LedgerEntry, revision: string, key: string, idempotencyKey: string): DeployCall {
  const { phase, step, attempt } = entry;
  const repeatable = key !== entry.idempotencyKey || changeOf(entry).repeatable;
  return { revision, key, idempotencyKey, step: `${phase}/${step}`, attempt, repeatable };
}

/** A target that cannot be read is put back all the same; the reading afterwards must work. */
async function readIfPossible(deployer: Deployer): Promise<string | undefined> {
  try {
    return await deployer.read();
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    return undefined;
  }
}

function changeOf({ change }: LedgerEntry): Extract<Change, { type: 'deploy' }> {
  if (change.type === 'deploy') return change;
  throw new TypeError(`a deploy target got a change of type ${change.type}`);
}

function beforeOf({ before }: LedgerEntry): DeployState {
  if (before.type === 'deploy') return before;
  throw new TypeError(`a deploy target got a captured state of type ${before.type}`);
}
