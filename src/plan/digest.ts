import { createHash } from 'node:crypto';
import { canonicalJson } from './canonical.js';
import type { FrozenPlan } from './model.js';

/** `sha256:<hex>` over the canonical form of what a run executes: a query or a revision changes the meaning too. */
export function digestOf({ plan, environment, vars }: Omit<FrozenPlan, 'digest'>): string {
  return `sha256:${createHash('sha256').update(canonicalJson({ plan, environment, vars })).digest('hex')}`;
}
