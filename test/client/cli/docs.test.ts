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

  // "The same" is of the row above; the words of a group stand for commands that no row could list.
  const rows = [...(cli.split('## Options of some commands')[1] ?? '').matchAll(/^\| (`-.*?) \| (.*?) \|/gm)].map(
    ([, option = '', of = '']) => ({ option, of: of.trim() })
  );
  const namedOf = (index: number): string => {
    const of = rows[index]?.of ?? '';
    return of === 'the same' ? namedOf(index - 1) : of;
  };
  const own = program.commands
    .flatMap((command) => [
      { name: command.name(), options: command.options },
      ...(command.name() === 'alert' ? command.commands : []).map((each) => ({
        name: `alert ${each.name()}`,
        options: each.options,
      })),
    ])
    .flatMap(({ name, options }) => options.map(({ long }) => [long ?? '', name] as const));
  it.each(own)('says of the option %s that %s has it', (long, name) => {
    const found = rows.flatMap(({ option }, index) =>
      new RegExp(`${long}[ \`]`).test(option) ? [namedOf(index)] : []
    );
    expect(
      found.some((of) => of.includes(`\`${name}\``) || /everything that|all answers/.test(of)),
      found.join('; ')
    ).toBe(true);
  });

  it('says what --phase of rollback means in the words of the help', () => {
    const rollback = program.commands.find((command) => command.name() === 'rollback');
    const help = rollback?.options.find(({ long }) => long === '--phase')?.description;
    expect(help).toBeDefined();
    expect(/^\| `--phase PHASE` +\| `rollback` +\| (.*?) +\|$/m.exec(cli)?.[1]).toBe(help);
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
