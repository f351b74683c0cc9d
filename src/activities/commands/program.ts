import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

export type Program = { found: true; path: string } | { found: false; reason: string };

/** Where a program without a slash is looked for when the worker has no PATH. */
const usualPath = '/usr/local/bin:/usr/bin:/bin';

/** The PATH that commands get: the worker's own. */
export function commandPath(env: Readonly<Record<string, string | undefined>> = process.env): string {
  return env['PATH'] ?? usualPath;
}

/**
 * Finds the program of an argv without a shell: with a slash it is relative to `cwd`, else it is looked for on `path`.
 * What is not there or not executable is told with every path tried.
 */
export function findProgram(name: string, cwd: string, path: string): Program {
  const candidates = name.includes('/')
    ? [resolve(cwd, name)]
    : path.split(delimiter).map((folder) => join(resolve(cwd, folder), name));
  const found = candidates.find(isExecutable);
  if (found !== undefined) return { found: true, path: found };
  return { found: false, reason: `no executable ${name} (tried ${candidates.join(', ')})` };
}

/** Why an argv may not be started, in words; undefined when it may. Control characters have no business in arguments. */
export function refuseArgv(argv: readonly string[]): string | undefined {
  if (argv[0] === undefined || argv[0] === '') return 'the command is empty';
  const index = argv.findIndex((element) => hasControl(element));
  return index < 0 ? undefined : `argument ${index} of ${argv[0]} has a control character`;
}

/** Fills `{{name}}` into each element of an argv; a value stays one element, whatever it contains. */
export function fillArgv(argv: readonly string[], name: string, value: string): string[] {
  return argv.map((element) => element.replaceAll(`{{${name}}}`, () => value));
}

export function hasControl(text: string): boolean {
  return /\p{Cc}/u.test(text);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    // Not there, or not for us: the next candidate is tried, and the reason names them all.
    return false;
  }
}
