import { InvalidArgumentError, Option } from 'commander';

/** `-o table|json|...`; the first is the default. */
export function outputOption(formats: readonly string[]): Option {
  const [first = 'table'] = formats;
  return new Option('-o, --output <format>', 'how to print the answer').choices([...formats]).default(first);
}

export function jsonOption(): Option {
  return new Option('--json', 'short for -o json').implies({ output: 'json' });
}

export const runArgument = 'workflow id, a unique ending of one, or "last"; left out: the only open run, else the last';

export function planArgument(): [string, string] {
  return ['<plan>', 'plan file, or - for stdin'];
}

export function environmentOption(): Option {
  return new Option('-e, --env <environment>', 'environment file, or the id of one in ./environments');
}

export function variableOption(): Option {
  return new Option('--var <name=value>', 'value of a variable of plan or environment; may be repeated')
    .argParser(collectVariable)
    .default({}, 'none');
}

export function confirmOption(what: string): Option {
  return new Option('--confirm <environment>', what);
}

export function reasonOption(): Option {
  return new Option('--reason <text>', 'why; stays on record');
}

export function gateOption(): Option {
  return new Option('--gate <address>', 'address of the gate, such as 1a/approval#1; needed when several are open');
}

function collectVariable(text: string, before: Record<string, string>): Record<string, string> {
  const split = text.indexOf('=');
  if (split < 1) throw new InvalidArgumentError('Write NAME=VALUE.');
  return { ...before, [text.slice(0, split)]: text.slice(split + 1) };
}

export function progressOption(): Option {
  return new Option('--progress <how>', 'how to show what goes on')
    .choices(['auto', 'live', 'plain', 'json'])
    .default('auto');
}

/** A port that something is to listen on. */
export function portNumber(text: string): number {
  const number = Number(text);
  if (!/^\d{1,5}$/.test(text) || number < 1 || number > 65_535)
    throw new InvalidArgumentError('Write a port from 1 to 65535.');
  return number;
}
