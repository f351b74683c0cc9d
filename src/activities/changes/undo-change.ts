import type { UndoInput, UndoResult } from '../contract.js';
import type { Tools } from '../deps.js';
import { unstoredRef } from '../evidence/unstored-ref.js';
import { messageOf } from '../fail.js';
import type { Scope } from '../scope.js';
import { targetFor } from './registry.js';

/**
 * Puts back what was there before a change, and proves it by reading. The change comes first, its evidence after it.
 * Throws unless the old state was read back.
 */
export async function undoChange(
  { entry, environment, key }: UndoInput,
  tools: Tools,
  scope: Scope
): Promise<UndoResult> {
  const exchanges: object[] = [];
  const target = targetFor(entry.change, environment, tools, scope, (exchange) => exchanges.push(exchange));
  const { changed, state, reason: done } = await target.undo(entry, key);
  const endedAt = tools.clock.now();
  const document = tools.secrets.scrubAll({ entry, key, changed, state, reason: done, endedAt, exchanges });
  let reason = done;
  const evidence = await tools.evidence.put('undo', document).catch((error: unknown) => {
    // It is undone and was read back: a full disk must not page people for an undo that keeps failing.
    reason += ` (its evidence could not be stored: ${messageOf(error)})`;
    tools.logger.error({ entry: entry.id, document }, 'the evidence of an undo could not be stored');
    return unstoredRef(document);
  });
  return { entryId: entry.id, changed, state, reason, endedAt, evidence };
}
