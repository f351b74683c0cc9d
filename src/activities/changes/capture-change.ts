import { address } from '../../plan/address.js';
import { canonicalJson } from '../../plan/canonical.js';
import type { LedgerEntry, TargetState } from '../../plan/change.js';
import type { EvidenceRef } from '../../plan/run-facts.js';
import type { CaptureInput } from '../contract.js';
import type { Tools } from '../deps.js';
import { fail } from '../fail.js';
import type { Scope } from '../scope.js';
import { targetFor } from './registry.js';

/**
 * Each change of a phase carries such a state, the phase hands all of them over as it ends, ledger and status, and
 * Temporal takes no more than 2 MB at once: a phase that could not hand them over could not end.
 */
const largestBytes = 64 * 1024;

/**
 * Reads what is there before a change, and makes the line of the ledger that stands in the history before anything is
 * applied. Its idempotency key is made of run, execution, step and attempt: a second run of a plan applies anew.
 *
 * @throws PG303 when the state holds a secret, PG321 when it is too large to be kept for an undo; what its target throws
 */
export async function captureChange(
  input: CaptureInput,
  tools: Tools,
  scope: Scope
): Promise<LedgerEntry & { evidence: EvidenceRef }> {
  const { origin, phase, step, attempt, change, environment } = input;
  const exchanges: object[] = [];
  const target = targetFor(change, environment, tools, scope, (entry) => exchanges.push(entry));
  const before = await target.read();
  refuseLarge(before);
  refuseSecrets(before, tools);
  const id = address(phase, step, attempt);
  const entry: LedgerEntry = {
    id,
    phase,
    step,
    attempt,
    title: origin.title,
    change,
    before,
    capturedAt: tools.clock.now(),
    runId: scope.runId,
    idempotencyKey: `${origin.run}:${scope.runId}:${id}`,
    ...(input.cannotUndo === undefined ? {} : { cannotUndo: input.cannotUndo }),
  };
  const document = tools.secrets.scrubAll({ origin, entry, exchanges });
  return { ...entry, evidence: await tools.evidence.put('capture', document) };
}

function refuseLarge(before: TargetState): void {
  const bytes = Buffer.byteLength(JSON.stringify(before));
  if (bytes <= largestBytes) return;
  const most = `${largestBytes / 1024} KiB`;
  throw fail(
    'PG321',
    `the state of ${nameOf(before)} has ${Math.ceil(bytes / 1024)} KiB, of which a run keeps ${most}`
  );
}

function nameOf(before: TargetState): string {
  return before.type === 'flag' ? `flag ${before.key}` : `deploy target ${before.target}`;
}

/** Scrubbing would alter what the undo puts back, and leaving the secret in would write it into the history. */
function refuseSecrets(before: TargetState, tools: Tools): void {
  if (canonicalJson(tools.secrets.scrubAll(before)) === canonicalJson(before)) return;
  throw fail('PG303', `the state of ${nameOf(before)} contains the value of a secret, so it cannot be recorded`, {
    hint: 'Take the secret out of the definition, or choose a secret that is not an ordinary word.',
  });
}
