import type { z } from 'zod';
import { namesSecret } from '../language/secret.js';
import { nearOr } from '../language/suggest.js';
import type { Path } from './fault.js';

type Issue = z.core.$ZodIssue;
type Words = [message: string, hint: string];

const reference = 'see docs/plan-reference.md';
const longestShown = 60;

/** What is wrong with a value and what to write instead, in the words of somebody who writes plans. */
export function wordsFor(issue: Issue, path: Path, found: unknown, example: string | undefined): Words {
  const key = String(path.at(-1) ?? '');
  const shown = namesSecret(key) ? 'what stands here' : describe(found);
  const advice = example === undefined ? undefined : `write for example ${example}`;
  switch (issue.code) {
    case 'invalid_type':
      if (found === undefined) return [`missing key "${key}"`, advice ?? `add it; ${reference}`];
      return [`expected ${typeName(issue.expected)}, found ${shown}`, advice ?? typeHint(issue.expected, shown)];
    case 'invalid_value': {
      const choices = `one of ${issue.values.map(inline).join(', ')}`;
      if (found === undefined) return [`missing key "${key}"`, choices];
      return [`${shown} is not one of the choices`, nearOr(textOf(found), issue.values.map(String), choices)];
    }
    case 'invalid_union':
      return [`${shown} is not one of the choices`, choicesOf(issue)];
    case 'too_small':
      return [
        `${shown} is too ${issue.origin === 'number' ? 'small' : 'short'}`,
        `at least ${limit(issue, issue.minimum)}`,
      ];
    case 'too_big':
      return [
        `${shown} is too ${issue.origin === 'number' ? 'large' : 'long'}`,
        `at most ${limit(issue, issue.maximum)}`,
      ];
    case 'invalid_key':
      return [`"${key}" cannot be a name here`, issue.issues[0]?.message ?? reference];
    case 'invalid_format':
      return [`${shown} does not fit`, Number.isNaN(Number(issue.message)) ? issue.message : (advice ?? reference)];
    default:
      return [`${shown} does not fit`, advice ?? reference];
  }
}

/** A value as it could stand in a plan. */
export function inline(value: unknown): string {
  return typeof value === 'string' ? `"${value}"` : JSON.stringify(value);
}

function describe(found: unknown): string {
  if (found === null || found === undefined) return 'nothing';
  if (Array.isArray(found)) return 'a list';
  if (typeof found === 'object') return 'a mapping';
  const text = inline(found);
  return text.length > longestShown ? `${text.slice(0, longestShown)}…` : text;
}

function textOf(found: unknown): string {
  return typeof found === 'string' ? found : describe(found);
}

function typeName(expected: string): string {
  const names: Record<string, string> = {
    string: 'text',
    number: 'a number',
    int: 'a whole number',
    boolean: 'true or false',
    object: 'a mapping',
    record: 'a mapping',
    array: 'a list',
  };
  return names[expected] ?? expected;
}

function typeHint(expected: string, shown: string): string {
  if (expected === 'string') return /^[\d.-]+$/.test(shown) ? `put quotes around it: "${shown}"` : reference;
  if (expected === 'array') return 'write a list: [a, b], or one "- item" per line';
  if (expected === 'number' || expected === 'int') return 'write a number without quotes and without a unit';
  return reference;
}

function choicesOf(issue: Extract<Issue, { code: 'invalid_union' }>): string {
  const options: unknown = 'options' in issue ? issue.options : undefined;
  return Array.isArray(options) ? `one of ${options.map(inline).join(', ')}` : reference;
}

function limit(issue: { origin: string }, value: number | bigint): string {
  return `${value}${issue.origin === 'array' ? ' items' : issue.origin === 'string' ? ' characters' : ''}`;
}
