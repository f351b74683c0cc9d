import { z } from 'zod';
import type { FlagState } from '../../../plan/change.js';

/** A flag of a flagd file, as far as phasegate reads it; everything else in it is carried along. */
const shape = z.looseObject({
  state: z.enum(['ENABLED', 'DISABLED']),
  variants: z.record(z.string(), z.unknown()),
  defaultVariant: z.string().nullish(),
  targeting: z.unknown().optional(),
});
export type Definition = z.infer<typeof shape>;

type Exposure = Pick<FlagState, 'enabled' | 'percent' | 'include'>;

/** What a definition means, or why it cannot be told: nothing is overwritten that is not understood. */
export type Meaning = { understood: true; exposure: Exposure } | { understood: false; why: string };

export function parseDefinition(value: unknown): Definition | undefined {
  return shape.safeParse(value).data;
}

/** Who gets a flag. DISABLED means that callers use the default in their code: nobody gets it from the flag system. */
export function meaningOf(definition: Definition): Meaning {
  const names = variantNames(definition);
  if (names === undefined) return misunderstood('its variants are not one true and one false');
  if (definition.state === 'DISABLED') return understood({ percent: 0, include: [] });
  const base = definition.defaultVariant === names.on ? 100 : 0;
  if (!isOneOf(definition.defaultVariant, names) && isEmpty(definition.targeting)) {
    return misunderstood('it has no default variant');
  }
  const rule = ruleOf(definition.targeting, names);
  return rule === undefined
    ? misunderstood('its targeting is more than a list of users and a share of them')
    : understood({ percent: rule.percent ?? base, include: rule.include });
}

/**
 * The definition that gives the flag to the included users and a share of all. Everybody: by the default variant, since
 * a fractional rule leaves out callers without a targeting key even at 100 %. Off: by the default variant too, since
 * DISABLED would leave it to the callers' code.
 */
export function define(definition: Definition, { enabled, percent, include }: Exposure): Definition {
  const names = variantNames(definition);
  if (names === undefined) throw new TypeError('define() wants a definition that meaningOf() understands');
  const share = percent > 0 && percent < 100 ? fractional(names, percent) : undefined;
  const users = { in: [{ var: 'targetingKey' }, include] };
  const always = include.length === 0 ? share : { if: share ? [users, names.on, share] : [users, names.on] };
  const { targeting: _, ...rest } = definition;
  const target = enabled ? always : undefined;
  return {
    ...rest,
    state: 'ENABLED',
    defaultVariant: enabled && percent === 100 ? names.on : names.off,
    ...(target === undefined ? {} : { targeting: target }),
  };
}

interface Names {
  on: string;
  off: string;
}

function variantNames({ variants }: Definition): Names | undefined {
  const on = Object.keys(variants).filter((name) => variants[name] === true);
  const off = Object.keys(variants).filter((name) => variants[name] === false);
  const [first, second] = [on[0], off[0]];
  if (Object.keys(variants).length !== 2 || first === undefined || second === undefined) return undefined;
  return { on: first, off: second };
}

/** Weights are whole numbers in flagd, so half a percent is 5 of 1000. */
function fractional(names: Names, percent: number): object {
  const scale = 10 ** (String(percent).split('.')[1]?.length ?? 0);
  const weight = Math.round(percent * scale);
  return {
    fractional: [
      [names.on, weight],
      [names.off, 100 * scale - weight],
    ],
  };
}

const member = z.strictObject({
  in: z.tuple([z.strictObject({ var: z.literal('targetingKey') }), z.array(z.string())]),
});
const share = z.strictObject({ fractional: z.array(z.tuple([z.string(), z.int().min(0)])).min(1) });
const conditional = z.strictObject({
  if: z.union([z.tuple([member, z.string()]), z.tuple([member, z.string(), z.unknown()])]),
});

/** `percent` undefined: the rule leaves it to the default variant. */
function ruleOf(targeting: unknown, names: Names): { percent?: number; include: string[] } | undefined {
  if (isEmpty(targeting)) return { include: [] };
  const condition = conditional.safeParse(targeting).data?.if;
  if (condition === undefined) return shareOf(targeting, names, []);
  const [users, variant, otherwise] = condition;
  if (variant !== names.on) return undefined;
  return shareOf(otherwise, names, users.in[1]);
}

function shareOf(rule: unknown, names: Names, include: string[]): { percent?: number; include: string[] } | undefined {
  if (isEmpty(rule)) return { include };
  if (rule === names.on || rule === names.off) return { percent: rule === names.on ? 100 : 0, include };
  const weights = share.safeParse(rule).data?.fractional;
  const total = weights?.reduce((sum, [, weight]) => sum + weight, 0) ?? 0;
  if (weights === undefined || total === 0 || !weights.every(([name]) => isOneOf(name, names))) return undefined;
  const on = weights.reduce((sum, [name, weight]) => sum + (name === names.on ? weight : 0), 0);
  return { percent: Number(((on / total) * 100).toFixed(6)), include };
}

function isOneOf(name: unknown, names: Names): boolean {
  return name === names.on || name === names.off;
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'object' && Object.keys(value).length === 0);
}

function understood({ percent, include }: Omit<Exposure, 'enabled'>): Meaning {
  return { understood: true, exposure: { enabled: percent > 0 || include.length > 0, percent, include } };
}

function misunderstood(why: string): Meaning {
  return { understood: false, why };
}
