import { readFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { LineCounter, isNode, parseDocument } from 'yaml';
import type { Document } from 'yaml';
import { z } from 'zod';
import { PhasegateError } from '../../plan/errors.js';
import { parseDuration } from '../../plan/language/duration.js';
import { cannotStart, reasonOf } from './server-errors.js';

const SETTINGS_FILE = 'temporal-dev.yaml';

/** The server refuses less. */
const MIN_RETENTION_MS = 86_400_000;

const port = z.custom<number | 'free'>(
  (value) => value === 'free' || (Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 65_535),
  'expected a port from 1 to 65535, or `free`'
);

const retention = z.string({ error: 'expected a duration such as 90d' }).transform((text, context) => {
  const parsed = parseDuration(text);
  if (parsed.ok && parsed.value >= MIN_RETENTION_MS) {
    return parsed.value;
  }
  const message = parsed.ok
    ? `"${text}" is less than the server allows; write at least 1d`
    : `${parsed.problem}; ${parsed.hint}`;
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
});

const settingsSchema = z.strictObject({
  ports: z.strictObject({ grpc: port.default('free'), ui: port.default('free') }).prefault({}),
  database: z.string().min(1).optional(),
  namespace: z.strictObject({
    name: z.string().regex(/^[a-zA-Z0-9][\w.-]*$/, 'expected letters, digits, dots, dashes and underscores'),
    retention,
  }),
  historyShards: z.int().min(1).max(512).default(4),
  searchAttributes: z.record(
    z.string().regex(/^[A-Za-z]\w*$/, 'expected a name of letters and digits'),
    z.enum(['Keyword', 'KeywordList', 'Datetime', 'Text', 'Int', 'Double', 'Bool'])
  ),
  dynamicConfig: z
    .record(
      z.string().regex(/^[a-zA-Z]+(\.\w+)+$/, 'expected a name such as history.timerProcessorMaxPollRPS'),
      z.union([z.number(), z.boolean(), z.string()], { error: 'expected a number, true, false or a text' })
    )
    .default({}),
});

type ParsedSettings = z.infer<typeof settingsSchema>;

/** What `temporal-dev.yaml` says; `namespace.retention` is in milliseconds, `database` an absolute path. */
export type TemporalSettings = ParsedSettings & { readonly file: string };

/**
 * Reads and checks the settings of the development server. Without `file` it is the `temporal-dev.yaml` of this package.
 *
 * @throws PhasegateError (PG410) with every fault of the file at once, each with line and column.
 */
export async function loadTemporalSettings(file: string = ownSettingsFile()): Promise<TemporalSettings> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new PhasegateError('PG410', `The Temporal settings cannot be read: ${reasonOf(error)}`, {
      where: file,
      hint: `Name an existing file, or leave the option out to use the ${SETTINGS_FILE} of phasegate.`,
      cause: error,
    });
  });
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  if (document.errors.length > 0) {
    throw faulty(
      file,
      document.errors.map((error) => `${at(lines, error.pos[0])} ${error.message.split(' at line')[0]}`)
    );
  }
  const parsed = settingsSchema.safeParse(document.toJS() ?? {});
  if (!parsed.success) {
    const faults = parsed.error.issues
      .flatMap(unfold)
      .map((fault) => ({ ...fault, offset: offsetOf(document, fault.path.map(String)) }))
      .toSorted((a, b) => a.offset - b.offset);
    throw faulty(
      file,
      faults.map(
        ({ offset, path: where, message }) => `${at(lines, offset)} ${where.join('.') || 'the file'}: ${message}`
      )
    );
  }
  const { database } = parsed.data;
  return {
    ...parsed.data,
    file,
    ...(database === undefined ? {} : { database: path.resolve(path.dirname(file), database) }),
  };
}

interface Fault {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

function unfold(issue: z.core.$ZodIssue): Fault[] {
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({ path: [...issue.path, key], message: 'unknown setting' }));
    case 'invalid_key':
      return [{ path: issue.path, message: issue.issues[0]?.message ?? issue.message }];
    default:
      return [issue];
  }
}

/** The place of the deepest part of `where` that the file has: a missing key is reported at its parent. */
function offsetOf(document: Document, where: readonly string[]): number {
  for (let depth = where.length; depth > 0; depth--) {
    const node: unknown = document.getIn(where.slice(0, depth), true);
    if (isNode(node) && node.range) {
      return node.range[0];
    }
  }
  return 0;
}

function at(lines: LineCounter, offset: number): string {
  const { line, col } = lines.linePos(offset);
  return `${line}:${col}`;
}

function faulty(file: string, faults: readonly string[]): PhasegateError {
  const list = faults.map((fault) => `\n  ${file}:${fault}`).join('');
  return new PhasegateError('PG410', `the Temporal settings have faults:${list}`, {
    hint: `Mend the lines named; the ${SETTINGS_FILE} of phasegate shows every setting.`,
  });
}

/** Sources and build output lie at different depths below the package, so the file is looked for upwards. */
function ownSettingsFile(): string {
  let folder = import.meta.dirname;
  while (!existsSync(path.join(folder, SETTINGS_FILE))) {
    const parent = path.dirname(folder);
    if (parent === folder) {
      throw cannotStart(
        `There is no ${SETTINGS_FILE} above ${import.meta.dirname}.`,
        'Reinstall phasegate, or give the settings file as an option.'
      );
    }
    folder = parent;
  }
  return path.join(folder, SETTINGS_FILE);
}
