import { z } from 'zod';
import { isErrorCode } from '../errors.js';
import type { ErrorCode } from '../error-catalogue.js';
import { reservedKeys } from '../document/reserved.js';
import { nearOr } from '../language/suggest.js';
import type { Finding, Path } from './fault.js';
import { inline, wordsFor } from './shape-words.js';

type Issue = z.core.$ZodIssue;

interface Note {
  /** Keys that the object at this place knows. */
  keys: string[];
  example?: string;
}

export interface Explained {
  path: Path;
  finding: Finding;
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

/** Turns an issue of the schema into findings: one about several unknown keys becomes several. */
export function explainIssue(issue: Issue, root: unknown, read: (message: string) => Note): Explained[] {
  const path = issue.path.map((segment) => (typeof segment === 'symbol' ? String(segment) : segment));
  const note = read(issue.message);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({ path: [...path, key], finding: explainUnknownKey(key, note.keys) }));
    case 'custom':
      return [{ path, finding: { message: issue.message, ...paramsOf(issue) } }];
    case 'invalid_union': {
      if (issue.errors.length === 0) break;
      const within = bestBranch(issue.errors).map((inner) => ({ ...inner, path: [...path, ...inner.path] }));
      return within.flatMap((inner) => explainIssue(inner, root, read));
    }
    default:
  }
  const [message, hint] = wordsFor(issue, path, valueAt(root, path), note.example);
  return [{ path, finding: { code: 'PG103', message, hint, at: issue.code === 'invalid_key' ? 'key' : 'value' } }];
}

function explainUnknownKey(key: string, known: readonly string[]): Finding {
  const later = known.includes('phasegate') && Object.hasOwn(reservedKeys, key) ? reservedKeys[key] : undefined;
  if (later !== undefined) {
    const hint = 'leave it out for now; this version would not act on it';
    return { code: 'PG114', message: `"${key}" comes later: ${later}`, hint, at: 'key' };
  }
  const hint = nearOr(key, known, `the keys here are ${known.join(', ')}`);
  return { code: 'PG103', message: `unknown key "${key}"`, hint, at: 'key' };
}

/** The branch that the writer meant: the one whose kind of value fits, then the one with the fewest faults. */
function bestBranch(branches: ReadonlyArray<readonly Issue[]>): readonly Issue[] {
  const misfit = (issues: readonly Issue[]): number =>
    issues.some((issue) => issue.path.length === 0 && issue.code === 'invalid_type') ? 1000 : issues.length;
  return [...branches].sort((a, b) => misfit(a) - misfit(b))[0] ?? [];
}

function paramsOf(issue: Extract<Issue, { code: 'custom' }>): { code: ErrorCode; hint: string } {
  const { code, hint } = issue.params ?? {};
  return {
    code: typeof code === 'string' && isErrorCode(code) ? code : 'PG103',
    hint: typeof hint === 'string' ? hint : 'see docs/plan-reference.md',
  };
}

function valueAt(root: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (node, segment) =>
      typeof node === 'object' && node !== null ? (node as Record<string | number, unknown>)[segment] : undefined,
    root
  );
}
