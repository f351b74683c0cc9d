import type { FlagState } from '../../plan/change.js';
import { fail } from '../fail.js';
import type { FlagWish } from './provider.js';

type Exposure = Pick<FlagState, 'enabled' | 'percent' | 'include'>;

/** The state that a wish leads to from where the flag stands. */
export function wished(wish: FlagWish, now: Exposure): Exposure {
  if (!wish.enabled) return { enabled: false, percent: 0, include: [] };
  return { enabled: true, percent: wish.percent, include: wish.include ?? (now.enabled ? now.include : []) };
}

/** Whether the same users get the flag, however that is written down. A flag that is on for nobody is off. */
export function sameExposure(a: Exposure, b: Exposure): boolean {
  const [left, right] = [effective(a), effective(b)];
  return (
    left.percent === right.percent &&
    left.include.length === right.include.length &&
    left.include.every((user) => right.include.includes(user))
  );
}

/** Percent and included users as they take effect: none of them when the flag is off. */
export function effective(state: Exposure): { percent: number; include: string[] } {
  return state.enabled ? { percent: state.percent, include: [...new Set(state.include)] } : { percent: 0, include: [] };
}

/** A flag that somebody changed is not the one that was found safe to remove. */
export function changedSince(key: string, where: string): Error {
  return fail('PG313', `flag ${key} was changed since it was looked at, so it is not removed`, {
    where,
    hint: 'Look at it, then answer the task again.',
  });
}
