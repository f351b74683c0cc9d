import type { ApplyInput, ApplyResult, VerifyResult } from '../contract.js';
import type { Tools } from '../deps.js';
import type { Scope } from '../scope.js';
import { targetFor } from './registry.js';

/** Applies a captured change. A target that is as wanted already is left alone. */
export async function applyChange(
  { entry, environment }: ApplyInput,
  tools: Tools,
  scope: Scope
): Promise<ApplyResult> {
  const exchanges: object[] = [];
  const target = targetFor(entry.change, environment, tools, scope, (exchange) => exchanges.push(exchange));
  const result = await target.apply(entry);
  const endedAt = tools.clock.now();
  const document = tools.secrets.scrubAll({ entry, ...result, endedAt, exchanges });
  return { ...result, endedAt, evidence: await tools.evidence.put('apply', document) };
}

/** Reads back whether a change is there, independently of its apply. */
export async function verifyChange(
  { entry, environment }: ApplyInput,
  tools: Tools,
  scope: Scope
): Promise<VerifyResult> {
  const exchanges: object[] = [];
  const target = targetFor(entry.change, environment, tools, scope, (exchange) => exchanges.push(exchange));
  const result = await target.verify(entry);
  const endedAt = tools.clock.now();
  const document = tools.secrets.scrubAll({ entry, ...result, endedAt, exchanges });
  return { ...result, endedAt, evidence: await tools.evidence.put('verify', document) };
}
