import type { UndoInput, UndoResult } from '../contract.js';
import type { Tools } from '../deps.js';
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
  const { changed, state, reason } = await target.undo(entry, key);
  const endedAt = tools.clock.now();
  const document = tools.secrets.scrubAll({ entry, key, changed, state, reason, endedAt, exchanges });
  const evidence = await tools.evidence.put('undo', document);
  return { entryId: entry.id, changed, state, reason, endedAt, evidence };
}
