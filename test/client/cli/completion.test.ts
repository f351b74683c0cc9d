import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { bashCompletion } from '../../../src/client/cli/completion.js';
import { processIo } from '../../../src/client/cli/io.js';
import { buildProgram } from '../../../src/client/cli/program.js';

const program = buildProgram(processIo(), () => undefined);
const script = bashCompletion(program);

/** What bash offers when Tab is pressed behind these words. */
function offered(...words: string[]): string[] {
  const typed = ['phasegate', ...words].map((word) => `'${word}'`).join(' ');
  const press = `COMP_WORDS=(${typed}); COMP_CWORD=${words.length}; COMPREPLY=(); _phasegate; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const text = execFileSync('bash', ['--norc', '-c', `${script}\n${press}`], { encoding: 'utf8' });
  return text.split('\n').filter((line) => line !== '');
}

describe('completion in bash', () => {
  it('offers every command', () => {
    expect(offered('')).toEqual(expect.arrayContaining(program.commands.map((command) => command.name())));
  });

  it.each([
    [['at'], ['attest']],
    [['--as', 'dana', 'at'], ['attest']],
    [['--as', 'start', 'approve', '--di'], ['--digest']],
    [
      ['status', '-o', ''],
      ['table', 'json', 'name'],
    ],
    [['attest', '--answer', 'n'], ['not-applicable']],
    [
      ['alert', ''],
      ['list', 'ack'],
    ],
    [['alert', 'list', '--cl'], ['--closed']],
    [['incident', 'de'], ['declare']],
    [['incident', 'declare', '--sev'], ['--severity']],
    [['--time'], ['--timeout']],
    [['status', '--prof'], ['--profile']],
    [
      ['worker', '--health'],
      ['--health-host', '--health-port'],
    ],
    // A file, which bash completes by itself.
    [['start', ''], []],
    [['start', 'plans/x'], []],
  ])('offers behind %j: %j', (words, expected) => {
    expect(offered(...words)).toEqual(expected);
  });

  it.each(program.commands.map((command) => [command.name(), command] as const))(
    'offers all options of %s',
    (name, command) => {
      const long = command.options.flatMap((option) => (option.hidden ? [] : (option.long ?? [])));
      expect(offered(name, '--')).toEqual(expect.arrayContaining(long));
    }
  );
});
