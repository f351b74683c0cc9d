import { z } from 'zod';
import { isErrorCode } from '../errors.js';
import type { ErrorCode } from '../error-catalogue.js';
import { hintForName } from '../language/suggest.js';
import { reservedKeys } from '../document/reserved.js';
import type { Finding, Path } from './fault.js';

type Issue = z.core.$ZodIssue;

interface Note {
  /** Keys that the object at this place knows. */
  keys: string[];
  example?: string;
}

export interface Explained {
  path: Path;
  finding: Finding;
  /** Whether the value at the path is unusable; an unknown key says nothing about its neighbours. */
  drop: boolean;
}

/**
 * Issues do not say which schema found them, but the error map that makes their messages is told. It leaves a note
 * per issue whose number becomes the message.
 */
export function noteIssues(): { note: z.core.$ZodErrorMap; read: (message: string) => Note } {
  const notes: Note[] = [];
  return {
    note: (issue) => {
      const schema: unknown = issue.inst;
      const note: Note = { keys: schema instanceof z.ZodObject ? Object.keys(schema.shape) : [] };
      const example: unknown = schema instanceof z.ZodType ? z.globalRegistry.get(schema)?.['examples'] : undefined;
      if (Array.isArray(example) && example.length > 0) note.example = inline(example[0]);
      return String(notes.push(note) - 1);
    },
    read: (message) => notes[Number(message)] ?? { keys: [] },
  };
}

/** Turns an issue of the schema into findings; one about several unknown keys becomes several. */
export function explainIssue(issue: Issue, root: unknown, read: (message: string) => Note): Explained[] {
  const path = issue.path.map((segment) => (typeof segment === 'symbol' ? String(segment) : segment));
  const found = valueAt(root, path);
  const note = read(issue.message);
  const shape = (message: string, hint: string, at: Finding['at'] = 'value'): Explained => ({
    path,
    finding: { code: 'PG103', message, hint, at },
    drop: true,
  });
  const example = note.example === undefined ? undefined : `write for example ${note.example}`;

  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({
        path: [...path, key],
        finding: explainUnknownKey(key, note.keys),
        drop: true,
      }));
    case 'invalid_union':
      if (issue.errors.length === 0) return [shape(`${describe(found)} is not one of the choices`, choices(issue))];
      return bestBranch(issue.errors).flatMap((inner) =>
        explainIssue({ ...inner, path: [...path, ...inner.path] }, root, read)
      );
    case 'invalid_type':
      if (found === undefined)
        return [
          {
            ...shape(`missing key "${String(path.at(-1))}"`, example ?? 'add it; see docs/plan-reference.md'),
            drop: false,
          },
        ];
      return [
        shape(
          `expected ${typeName(issue.expected)}, found ${describe(found)}`,
          example ?? typeHint(issue.expected, found)
        ),
      ];
    case 'invalid_value':
      if (found === undefined)
        return [
          {
            ...shape(`missing key "${String(path.at(-1))}"`, `one of ${issue.values.map(inline).join(', ')}`),
            drop: false,
          },
        ];
      return [
        shape(
          `${describe(found)} is not one of the choices`,
          hintForName(
            typeof found === 'string' ? found : describe(found),
            issue.values.map(String),
            `one of ${issue.values.map(inline).join(', ')}`
          )
        ),
      ];
    case 'too_small':
      return [
        shape(
          issue.origin === 'number' ? `${inline(found)} is too small` : `${describe(found)} is too short`,
          `at least ${issue.minimum}${unitOf(issue.origin)}`
        ),
      ];
    case 'too_big':
      return [
        shape(
          issue.origin === 'number' ? `${inline(found)} is too large` : `${describe(found)} is too long`,
          `at most ${issue.maximum}${unitOf(issue.origin)}`
        ),
      ];
    case 'invalid_key':
      return [
        {
          ...shape(
            `"${String(path.at(-1))}" cannot be a name here`,
            issue.issues[0]?.message ?? 'see docs/plan-reference.md',
            'key'
          ),
          drop: true,
        },
      ];
    case 'custom':
      return [{ path, finding: { ...paramsOf(issue), message: issue.message }, drop: true }];
    default:
      return [
        shape(
          `${describe(found)} does not fit`,
          isNaN(Number(issue.message)) ? issue.message : (example ?? 'see docs/plan-reference.md')
        ),
      ];
  }
}

function explainUnknownKey(key: string, known: readonly string[]): Finding {
  const later = Object.hasOwn(reservedKeys, key) && known.includes('phasegate') ? reservedKeys[key] : undefined;
  if (later !== undefined) {
    return {
      code: 'PG114',
      message: `"${key}" comes later: ${later}`,
      hint: 'leave it out for now; this version would not act on it',
      at: 'key',
    };
  }
  return {
    code: 'PG103',
    message: `unknown key "${key}"`,
    hint: hintForName(key, known, `the keys here are ${known.join(', ')}`),
    at: 'key',
  };
}

/** The branch that the writer meant: the one whose kind of value fits, then the one with the fewest faults. */
function bestBranch(branches: ReadonlyArray<readonly Issue[]>): readonly Issue[] {
  const misfit = (issues: readonly Issue[]): number =>
    issues.some((issue) => issue.path.length === 0 && issue.code === 'invalid_type') ? 1000 : issues.length;
  return [...branches].sort((a, b) => misfit(a) - misfit(b))[0] ?? [];
}

function choices(issue: Extract<Issue, { code: 'invalid_union' }>): string {
  const options: unknown = 'options' in issue ? issue.options : undefined;
  return Array.isArray(options) ? `one of ${options.map(inline).join(', ')}` : 'see docs/plan-reference.md';
}

function paramsOf(issue: Extract<Issue, { code: 'custom' }>): { code: ErrorCode; hint: string; at?: 'key' | 'value' } {
  const { code, hint, at } = issue.params ?? {};
  return {
    code: typeof code === 'string' && isErrorCode(code) ? code : 'PG103',
    hint: typeof hint === 'string' ? hint : 'see docs/plan-reference.md',
    ...(at === 'key' ? { at } : {}),
  };
}

function valueAt(root: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (node, segment) =>
      typeof node === 'object' && node !== null ? (node as Record<string | number, unknown>)[segment] : undefined,
    root
  );
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

function typeHint(expected: string, found: unknown): string {
  if (expected === 'string') return `put quotes around it: "${String(found)}"`;
  if (expected === 'array') return 'write a list: [a, b], or one "- item" per line';
  if (expected === 'number' || expected === 'int') return 'write a number without quotes and without a unit';
  return 'see docs/plan-reference.md';
}

function describe(found: unknown): string {
  if (found === null || found === undefined) return 'nothing';
  if (Array.isArray(found)) return 'a list';
  if (typeof found === 'object') return 'a mapping';
  const text = inline(found);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function inline(value: unknown): string {
  return typeof value === 'string' ? `"${value}"` : JSON.stringify(value);
}

function unitOf(origin: string): string {
  return origin === 'array' ? ' items' : origin === 'string' ? ' characters' : '';
}
