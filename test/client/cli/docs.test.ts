import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { exitCodeMeanings, helpTopics } from '../../../src/client/cli/help-topics.js';
import { processIo } from '../../../src/client/cli/io.js';
import { buildProgram } from '../../../src/client/cli/program.js';
import { exitCodes } from '../../../src/plan/outcome.js';
import { examples } from '../../../src/plan/wire.js';

const docs = path.resolve(import.meta.dirname, '../../../docs');
const cli = readFileSync(path.join(docs, 'cli.md'), 'utf8');
const approvers = readFileSync(path.join(docs, 'approvers.md'), 'utf8');
const program = buildProgram(processIo(), () => undefined);

describe('docs/cli.md', () => {
  it.each(program.commands.map((command) => command.name()))('has the command %s', (name) => {
    expect(cli).toMatch(new RegExp(`^\\| \`${name}\\b`, 'm'));
  });

  const options = [program, ...program.commands, ...program.commands.flatMap(({ commands }) => commands)].flatMap(
    (command) => command.options.map((option) => option.long ?? '')
  );
  it.each([...new Set(options)])('has the option %s', (long) => {
    expect(cli).toContain(long);
  });

  it.each(Object.entries(exitCodes))('has the exit code %s (%i) in the words of the help', (name, code) => {
    const meaning = exitCodeMeanings[name as keyof typeof exitCodes];
    const row = new RegExp(`^\\| +${code} \\| (.*?) +\\|$`, 'm').exec(cli);
    expect(row?.[1]).toBe(meaning);
    expect(helpTopics['exit-codes']?.()).toContain(meaning);
  });
});

describe('docs/approvers.md', () => {
  it.each(['approve', 'reject', 'attest', 'retry', 'waive', 'rollback', 'takeover'] as const)(
    'says how to %s',
    (message) => {
      expect(approvers).toContain(message);
    }
  );

  it('shows payloads whose keys the wire has', () => {
    const known = new Set(
      Object.values(examples)
        .flatMap((example) => Object.keys(JSON.parse(example) as object))
        .concat('digest')
    );
    const payloads = [...approvers.matchAll(/\{ ?"by"[^}]*\}/g)].map((match) => JSON.parse(match[0]) as object);
    expect(payloads.length).toBeGreaterThanOrEqual(3);
    for (const key of payloads.flatMap(Object.keys)) expect(known).toContain(key);
  });
});
