import { z } from 'zod';
import { durationPattern, parseDuration } from '../language/duration.js';
import { parseQuantity, quantityPattern } from '../language/quantity.js';
import { misunderstood } from '../language/understood.js';
import type { Understood } from '../language/understood.js';

/** Text that a parser of the language must understand; what it says becomes the fault. `example` is shown as a hint. */
export function parsedText(
  parse: (text: string) => Understood<unknown>,
  pattern: string,
  example: string
): z.ZodString {
  return z
    .string()
    .check((context) => {
      const result = parse(context.value);
      if (result.ok) return;
      context.issues.push({
        code: 'custom',
        message: result.problem,
        params: { code: 'PG104', hint: result.hint },
        input: context.value,
      });
    })
    .meta({ pattern, examples: [example] });
}

function name(pattern: RegExp, words: string): z.ZodString {
  return z.string().regex(pattern, { error: words });
}

/** Text in one line, as it is shown in lists and live views. */
export function words(max = 200): z.ZodString {
  return z
    .string()
    .min(1)
    .max(max)
    .regex(/^[^\r\n]*$/, { error: 'write it in one line; a folded block (>-) makes one of several' });
}

/** Text of any number of lines. */
export function longText(max: number): z.ZodString {
  return z.string().min(1).max(max);
}

export const identifier = name(/^[a-z0-9][a-z0-9-]{0,59}$/, 'lower case letters, digits and hyphens, like golden-path');
export const metricName = name(/^[a-z][a-z0-9_]{0,99}$/, 'lower case letters, digits and underscores, like error_rate');
/** What the words of an alert are filled with. */
export const factName = name(
  /^[a-z][a-z0-9_]{0,59}$/,
  'lower case letters, digits and underscores, like affected_users'
);
export const personName = name(
  /^[a-z0-9][a-z0-9._-]{0,59}$/,
  'lower case letters, digits, dots, underscores and hyphens, like dana'
);
export const variableName = name(/^[a-z][a-z0-9-]{0,59}$/, 'lower case letters, digits and hyphens, like revision');
export const flagKey = name(
  /^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/,
  'letters, digits, dots, underscores and hyphens, like ENABLE_NEW_CORE'
);
export const environmentName = name(
  /^[A-Za-z_][A-Za-z0-9_]{0,99}$/,
  'letters, digits and underscores, like PLATFORM_URL'
);

export const duration = parsedText(parseDuration, durationPattern, '30s');
export const positiveDuration = parsedText(
  (text) => {
    const parsed = parseDuration(text);
    return parsed.ok && parsed.value === 0
      ? misunderstood(`"${text}" is no time at all`, 'write for example 30s')
      : parsed;
  },
  durationPattern,
  '30m'
);
export const ratio = parsedText((text) => parseQuantity(text, 'ratio'), `^${quantityPattern}$`, '90%');

/** One argument of a command; commands never pass through a shell. */
const argument = z.string().min(1).max(2000);
export const argv = z
  .array(argument)
  .min(1)
  .max(50)
  .meta({
    description: 'A program and its arguments, run without a shell.',
    examples: [['./ops/smoke', 'critical-path']],
  });

export const onFail = z
  .enum(['rollback', 'hold'])
  .default('rollback')
  .meta({ description: 'What a failure of this step leads to: take the phase back, or wait for people.' });

/** The same for an item of a checklist, whose default depends on where it stands. */
export const itemOnFail = z.enum(['rollback', 'hold']).optional().meta({
  description:
    'What a failure of this item leads to: take the phase back, or wait for people. Default: rollback; under pre-deployment, where nothing is to be taken back yet, hold.',
});

/**
 * Refuses an object that has none or several of its alternatives. An object whose keys are unknown is not told this
 * as well: the unknown key is the fault.
 */
export function exactlyOne<Schema extends z.ZodObject>(schema: Schema, choices: readonly string[]): Schema {
  return schema.refine((value) => choices.filter((choice) => value[choice] !== undefined).length === 1, {
    error: `exactly one of ${choices.join(', ')} is needed here`,
    params: { hint: 'keep one; put the others into items of their own' },
    when: (payload) =>
      typeof payload.value === 'object' &&
      payload.value !== null &&
      !payload.issues.some((issue) => issue.code === 'unrecognized_keys' && (issue.path?.length ?? 0) === 0),
  });
}
