/** Exit codes of the operations commands. A gate must be able to tell "it is bad" from "nobody knows". */
const EXIT = { ok: 0, failed: 1, cannotTell: 3 } as const;

/** Something was measured and is bad. */
export class CheckFailed extends Error {}

/** It could not be found out: no platform there, no answer in time, a wrong call of the command. */
export class CannotTell extends Error {}

/**
 * Runs a command and ends the process: 0 with the answer on stdout, 1 with the reason on stdout when the check failed,
 * 3 with the reason on stderr when the result is not known.
 */
export async function runCommand(command: (args: readonly string[]) => Promise<string>): Promise<never> {
  try {
    return await finish(process.stdout, await command(process.argv.slice(2)), EXIT.ok);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (error instanceof CheckFailed) return finish(process.stdout, `FAILED: ${reason}`, EXIT.failed);
    return finish(process.stderr, `cannot tell: ${reason}`, EXIT.cannotTell);
  }
}

/** Ends only after the text is written, since a pipe may take it in pieces. */
function finish(stream: NodeJS.WriteStream, text: string, code: number): Promise<never> {
  return new Promise(() => stream.write(`${text}\n`, () => process.exit(code)));
}

/** @throws CannotTell unless exactly the named arguments are given */
export function expectArguments<const N extends readonly string[]>(
  args: readonly string[],
  names: N,
  command: string
): { [K in keyof N]: string } {
  if (args.length !== names.length || args.some((arg) => arg === '' || arg.startsWith('-'))) {
    throw new CannotTell(`usage: ${command} ${names.map((name) => `<${name}>`).join(' ')}`);
  }
  return [...args] as { [K in keyof N]: string };
}

/** @throws CheckFailed with the reason unless the condition holds */
export function check(condition: boolean, reason: string): asserts condition {
  if (!condition) throw new CheckFailed(reason);
}
