import { z } from 'zod';
import type { FlagState } from '../../../plan/change.js';

/** A strategy of a flag in one environment, with all that is needed to make it again. */
export const strategyShape = z.object({
  id: z.string(),
  name: z.string(),
  title: z
    .string()
    .nullish()
    .transform((title) => title ?? null),
  parameters: z.record(z.string(), z.string()).default({}),
  constraints: z.array(z.record(z.string(), z.unknown())).default([]),
  segments: z.array(z.number()).default([]),
  variants: z.array(z.unknown()).default([]),
  disabled: z
    .boolean()
    .nullish()
    .transform((disabled) => disabled ?? false),
  sortOrder: z.number().default(0),
});
export type Strategy = z.infer<typeof strategyShape>;

/** What a strategy of a definition is, apart from where it stands: what is sent to make it. */
export type StrategyBody = Omit<Strategy, 'id' | 'sortOrder'>;

type Exposure = Pick<FlagState, 'enabled' | 'percent' | 'include'>;
export type Meaning = { understood: true; exposure: Exposure } | { understood: false; why: string };

/** How one strategy exposes: to a share of all, to named users, or in a way that phasegate does not steer. */
export type Role = { share: number } | { users: string[] } | { other: string };

/** Who gets a flag: strategies are alternatives, so a share and a list of users add up. */
export function meaningOf(enabled: boolean, strategies: readonly Strategy[]): Meaning {
  if (!enabled) return understood({ enabled: false, percent: 0, include: [] });
  const active = strategies.filter((strategy) => !strategy.disabled);
  const roles = active.map(roleOf);
  const other = roles.find((role) => 'other' in role);
  if (other !== undefined) return { understood: false, why: other.other };
  if (active.length === 0) return { understood: false, why: 'it is on without an active strategy' };
  const shares = active.filter((strategy) => 'share' in roleOf(strategy));
  const percents = roles.flatMap((role) => ('share' in role ? [role.share] : []));
  if (!percents.includes(100) && new Set(shares.map(({ parameters }) => parameters['groupId'])).size > 1) {
    return { understood: false, why: 'several shares of different groups add up to nobody knows how much' };
  }
  const include = [...new Set(roles.flatMap((role) => ('users' in role ? role.users : [])))];
  return understood({ enabled: true, percent: Math.max(0, ...percents), include });
}

export function roleOf(strategy: Strategy): Role {
  const { name, constraints, segments } = strategy;
  if (segments.length > 0) return { other: 'a strategy is bound to a segment' };
  const users = constraints.length === 1 ? listedUsers(constraints[0] ?? {}) : undefined;
  if (constraints.length > 0 && users === undefined) return { other: 'a strategy has constraints of its own' };
  const share = shareOf(strategy);
  if (share === undefined) return { other: `a strategy is of the kind ${name}` };
  if (users === undefined) return { share };
  return share === 100 ? { users } : { other: 'a strategy is for a share of listed users' };
}

/** The share of everybody, sticky by user; at 100 % also for callers whom nothing identifies. */
export function shareStrategy(key: string, percent: number, like?: Strategy): StrategyBody {
  const stickiness = percent === 100 ? 'default' : (like?.parameters['stickiness'] ?? 'userId');
  return {
    name: 'flexibleRollout',
    title: like?.title ?? null,
    constraints: [],
    segments: [],
    variants: like?.variants ?? [],
    disabled: false,
    parameters: { groupId: like?.parameters['groupId'] ?? key, rollout: String(percent), stickiness },
  };
}

/** Users who always have the flag. */
export function userStrategy(key: string, users: string[]): StrategyBody {
  return {
    ...shareStrategy(key, 100),
    constraints: [{ contextName: 'userId', operator: 'IN', values: users, inverted: false, caseInsensitive: false }],
  };
}

function shareOf({ name, parameters }: Strategy): number | undefined {
  if (name === 'default') return 100;
  const rollout = Number(parameters['rollout']);
  return name === 'flexibleRollout' && Number.isInteger(rollout) && rollout >= 0 && rollout <= 100
    ? rollout
    : undefined;
}

const userList = z.looseObject({
  contextName: z.literal('userId'),
  operator: z.literal('IN'),
  values: z.array(z.string()),
  inverted: z.literal(false).optional(),
  caseInsensitive: z.literal(false).optional(),
});

function listedUsers(constraint: object): string[] | undefined {
  return userList.safeParse(constraint).data?.values;
}

function understood(exposure: Exposure): Meaning {
  return { understood: true, exposure };
}
