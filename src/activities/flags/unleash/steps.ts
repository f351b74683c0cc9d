import type { FlagState } from '../../../plan/change.js';
import { canonicalJson } from '../../../plan/canonical.js';
import { roleOf, shareStrategy, userStrategy } from './strategies.js';
import type { Strategy, StrategyBody } from './strategies.js';

/** One call of the admin API. */
export type StrategyStep =
  { do: 'add'; body: StrategyBody } | { do: 'replace'; id: string; body: StrategyBody } | { do: 'remove'; id: string };

/**
 * The calls that lead from the strategies that are there to an exposure; none when it is there. Additions come first:
 * at no moment does the flag reach anybody who has it neither before nor after, and it is never left without an active
 * strategy (Unleash would turn it off). Strategies that are switched off stay as they are.
 */
export function stepsTo(
  { percent, include }: Pick<FlagState, 'percent' | 'include'>,
  key: string,
  strategies: readonly Strategy[]
): StrategyStep[] {
  const active = strategies.filter((strategy) => !strategy.disabled);
  const share = active.find((strategy) => strategy.name === 'flexibleRollout' && 'share' in roleOf(strategy));
  const users = active.find((strategy) => 'users' in roleOf(strategy));
  const wanted = [
    ...(percent > 0 ? [stepFor(share, shareStrategy(key, percent, share))] : []),
    ...(include.length > 0 ? [stepForUsers(users, key, include)] : []),
  ];
  const kept = new Set([...(percent > 0 ? [share?.id] : []), ...(include.length > 0 ? [users?.id] : [])]);
  const surplus = active.filter(({ id }) => !kept.has(id)).map(({ id }): StrategyStep => ({ do: 'remove', id }));
  return [...wanted.flat(), ...surplus];
}

/**
 * The calls that put captured strategies back: what was changed is replaced, what is gone is added (with a new id),
 * what came is removed, in that order.
 */
export function stepsBack(before: readonly Strategy[], now: readonly Strategy[]): StrategyStep[] {
  const restored = before.flatMap((original): StrategyStep[] => {
    const present = now.find(({ id }) => id === original.id);
    if (present === undefined || !canReplace(present, original)) return [{ do: 'add', body: bodyOf(original) }];
    return sameBody(present, original) ? [] : [{ do: 'replace', id: original.id, body: bodyOf(original) }];
  });
  const surplus = now.filter((present) => {
    const original = before.find(({ id }) => id === present.id);
    return original === undefined || !canReplace(present, original);
  });
  return [...restored, ...surplus.map(({ id }): StrategyStep => ({ do: 'remove', id }))];
}

/** Whether two lists of strategies are the same but for their ids, in the same order. */
export function sameStrategies(a: readonly Strategy[], b: readonly Strategy[]): boolean {
  return canonicalJson(inOrder(a).map(placed)) === canonicalJson(inOrder(b).map(placed));
}

export function inOrder(strategies: readonly Strategy[]): Strategy[] {
  return strategies.toSorted((a, b) => a.sortOrder - b.sortOrder);
}

function placed(strategy: Strategy): object {
  return { ...bodyOf(strategy), sortOrder: strategy.sortOrder };
}

function bodyOf({ id: _id, sortOrder: _sortOrder, ...body }: Strategy): StrategyBody {
  return body;
}

function sameBody(a: Strategy, b: Strategy): boolean {
  return canonicalJson(bodyOf(a)) === canonicalJson(bodyOf(b));
}

/** Unleash keeps a title when it is replaced by none. */
function canReplace(present: Strategy, original: Strategy): boolean {
  return original.title !== null || present.title === null;
}

function stepFor(present: Strategy | undefined, body: StrategyBody): StrategyStep[] {
  if (present === undefined) return [{ do: 'add', body }];
  return canonicalJson(bodyOf(present)) === canonicalJson(body) ? [] : [{ do: 'replace', id: present.id, body }];
}

function stepForUsers(present: Strategy | undefined, key: string, include: string[]): StrategyStep[] {
  const role = present && roleOf(present);
  const listed = role && 'users' in role ? role.users : [];
  if (listed.length === include.length && include.every((user) => listed.includes(user))) return [];
  return stepFor(present, { ...userStrategy(key, include), title: present?.title ?? null });
}
