import { FlagdCore } from '@openfeature/flagd-core';
import type { FlagState } from '../../../plan/change.js';
import { named } from '../../../plan/text/spans.js';
import type { Observation } from '../provider.js';
import { effective } from '../state.js';

/** So many sample users tell 5 % from 8 % with certainty, in a few milliseconds. */
const samples = 2_000;
/** Five standard deviations, and half a percent: sample users are always the same, so this is no matter of luck twice. */
const deviations = 5;
const slack = 0.005;

const silent = { error: ignore, warn: ignore, info: ignore, debug: ignore };

/** The official evaluator on a flagd file. Throws when it refuses the file. */
export function evaluatorFor(text: string): FlagdCore {
  const core = new FlagdCore(undefined, silent);
  core.setConfigurations(text);
  return core;
}

/**
 * Evaluates a flag for its included users, for sample users and for a caller without a targeting key, and compares
 * with what its state promises.
 */
export function observe(text: string, state: FlagState): Observation {
  const core = evaluatorFor(text);
  const has = (user: string | undefined): boolean => {
    const context: Record<string, string> = user === undefined ? {} : { targetingKey: user };
    // Where the evaluator cannot answer it gives the default: one of each shows that it did not answer.
    const [yes, no] = [true, false].map((fallback) => core.resolveBooleanEvaluation(state.key, fallback, context));
    if (yes?.value !== no?.value && yes?.reason !== 'DISABLED') {
      throw new TypeError(`the evaluator answers ${yes?.reason} ${yes?.errorMessage ?? ''}`);
    }
    return yes?.value === true && no?.value === true;
  };
  const { percent, include } = effective(state);
  try {
    const users = Array.from({ length: samples }, (_, index) => `phasegate-sample-${index}`);
    const measured = users.filter((user) => !include.includes(user) && has(user)).length / samples;
    const missing = include.filter((user) => !has(user));
    const anonymous = has(undefined);
    const found = `${(measured * 100).toFixed(1)} % of ${samples} sample users${sayIncluded(include, missing)}`;
    const problem = problemOf(percent, measured, missing, anonymous);
    return { found, ...(problem === undefined ? {} : { problem }) };
  } catch (error) {
    if (error instanceof TypeError) return { found: 'no answer', problem: error.message };
    throw error;
  }
}

function problemOf(percent: number, measured: number, missing: string[], anonymous: boolean): string | undefined {
  const wanted = percent / 100;
  const tolerance = deviations * Math.sqrt((wanted * (1 - wanted)) / samples) + (wanted % 1 === 0 ? 0 : slack);
  if (Math.abs(measured - wanted) > tolerance) {
    return `${(measured * 100).toFixed(1)} % of sample users have it, not ${percent} %`;
  }
  if (missing.length > 0) return `the included ${named(missing)} do not have it`;
  if (wanted === 1 && !anonymous) return 'callers without a targeting key do not have it';
  if (wanted === 0 && anonymous) return 'callers without a targeting key have it';
  return undefined;
}

function sayIncluded(include: string[], missing: string[]): string {
  if (include.length === 0) return '';
  return missing.length === 0 ? ` and ${named(include)}` : `, but not ${named(missing)}`;
}

function ignore(): void {}
