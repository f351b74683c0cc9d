import type { FlagState } from '../../../plan/change.js';
import { named } from '../../../plan/text/spans.js';
import type { Tools } from '../../deps.js';
import { codeOf, fail } from '../../fail.js';
import type { FlagProvider, Observation, Trace } from '../provider.js';
import { changedSince, effective, wished } from '../state.js';
import { createUnleashApi } from './api.js';
import type { UnleashApi, UnleashFlag, UnleashSource } from './api.js';
import { inOrder, sameStrategies, stepsBack, stepsTo } from './steps.js';
import { meaningOf } from './strategies.js';

/**
 * Flags of an Unleash server, by its admin API. Unleash takes no idempotency key: every call here leads from the state
 * that is there to the one that is wanted, so a repeated change finds nothing to do.
 *
 * Strategies are put in place and read back before a flag is turned on: turned on without an active one, Unleash adds a
 * strategy of 100 % by itself.
 */
export function createUnleashProvider(
  source: UnleashSource,
  tools: Pick<Tools, 'fetch' | 'secrets' | 'clock'>,
  trace: Trace,
  signal?: AbortSignal
): FlagProvider {
  const api = createUnleashApi(source, tools, trace, signal);
  const stateOf = (key: string, flag: UnleashFlag): FlagState => {
    const meaning = meaningOf(flag.enabled, flag.strategies);
    if (meaning.understood) return { type: 'flag', key, exists: true, ...meaning.exposure, native: flag };
    throw fail('PG312', `flag ${key} is not a flag that phasegate can steer: ${meaning.why}`, {
      where: source.url,
      hint: 'Leave it one share of everybody and one list of users, or turn it off first.',
    });
  };
  return {
    read: async (key) => stateOf(key, await api.flag(key)),
    async write(key, wish) {
      const now = await api.flag(key);
      const target = wished(wish, stateOf(key, now));
      const exposure = effective(target);
      if (exposure.percent === 0 && exposure.include.length === 0) {
        if (now.enabled) await api.turn(key, 'off');
        return now.enabled;
      }
      if (!Number.isInteger(exposure.percent)) {
        throw fail('PG303', `Unleash knows whole percents only, not ${exposure.percent} %`, { where: source.url });
      }
      const steps = stepsTo(exposure, key, now.strategies);
      for (const step of steps) await api.apply(key, step);
      if (steps.length > 0) await confirm(api, key, (flag) => stepsTo(exposure, key, flag.strategies).length === 0);
      if (!now.enabled) await api.turn(key, 'on');
      return steps.length > 0 || !now.enabled;
    },
    async restore(before) {
      const original = before.native as UnleashFlag;
      const now = await api.flag(before.key);
      if (now.enabled === original.enabled && sameStrategies(now.strategies, original.strategies)) return false;
      if (now.enabled && !original.enabled) await api.turn(before.key, 'off');
      for (const step of stepsBack(original.strategies, now.strategies)) await api.apply(before.key, step);
      await reorder(api, before.key, original);
      const same = (flag: UnleashFlag): boolean => sameStrategies(flag.strategies, original.strategies);
      const { enabled } = await confirm(api, before.key, same);
      if (original.enabled && !enabled) await api.turn(before.key, 'on');
      return true;
    },
    async remove(captured) {
      const { key } = captured;
      const original = captured.native as UnleashFlag;
      const found = await api.feature(key).catch((error: unknown) => {
        if (codeOf(error) !== 'PG302') throw error;
        return undefined;
      });
      if (found === undefined) return false;
      const { here, onElsewhere } = found;
      if (here.enabled !== original.enabled || !sameStrategies(here.strategies, original.strategies))
        throw changedSince(key, source.url);
      if (onElsewhere.length > 0) {
        throw fail('PG303', `Unleash archives in all environments, and ${key} is on in ${onElsewhere.join(', ')}`, {
          where: source.url,
          hint: 'Turn it off there first, once nothing reads it there.',
        });
      }
      await api.archive(key);
      return true;
    },
    observe: (state) => observe(api, state),
  };
}

/** New strategies come last; the captured order is put back by position, since ids may be new. */
async function reorder(api: UnleashApi, key: string, original: UnleashFlag): Promise<void> {
  const { strategies } = await api.flag(key);
  if (strategies.length === 0 || sameStrategies(strategies, original.strategies)) return;
  const ids = new Set(strategies.map(({ id }) => id));
  const added = inOrder(strategies).filter(({ id }) => !original.strategies.some((strategy) => strategy.id === id));
  const places = original.strategies.map(({ id, sortOrder }) => ({
    id: ids.has(id) ? id : (added.shift()?.id ?? id),
    sortOrder,
  }));
  await api.order(key, places);
}

async function confirm(api: UnleashApi, key: string, holds: (flag: UnleashFlag) => boolean): Promise<UnleashFlag> {
  const flag = await api.flag(key);
  if (holds(flag)) return flag;
  throw fail('PG313', `the strategies of flag ${key} are not as they were just written`, { retryable: true });
}

/** Some user that nobody names in a plan. */
const anybody = 'phasegate-sample-user';

/** Unleash's own evaluation, for each included user and, where everybody or nobody has the flag, for anybody. */
async function observe(api: UnleashApi, state: FlagState): Promise<Observation> {
  const { percent, include } = effective(state);
  const missing: string[] = [];
  for (const user of include) {
    if (!(await api.evaluates(state.key, user))) missing.push(user);
  }
  const others = percent === 0 || percent === 100 ? [anybody, undefined] : [];
  const wrong: string[] = [];
  for (const user of others) {
    if ((await api.evaluates(state.key, user)) !== (percent === 100)) wrong.push(user ?? 'a caller without user id');
  }
  const found = `${include.length - missing.length} of ${include.length} included users have it`;
  const problems = [
    ...(missing.length > 0 ? [`the included ${named(missing)} do not have it`] : []),
    ...(wrong.length > 0 ? [`${wrong.join(' and ')} ${percent === 100 ? 'does not have it' : 'has it'}`] : []),
  ];
  return { found, ...(problems.length > 0 ? { problem: problems.join('; ') } : {}) };
}
