import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const binary = fileURLToPath(new URL('../../bin/phasegate.js', import.meta.url));
/** The project's folder: paths of plan and environment start here. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

/** The `phasegate` command as people use it: a process of its own for each call. */
export class Cli {
  /** Of every command: where the Temporal server is, where state is kept. */
  readonly env: NodeJS.ProcessEnv;

  constructor(env: NodeJS.ProcessEnv) {
    this.env = env;
  }

  /** The Temporal server that the commands talk to. */
  get address(): string {
    return this.env.TEMPORAL_ADDRESS ?? '';
  }

  /**
   * Runs a command in this terminal.
   *
   * @param typed how its views are to write `phasegate`, so that it can be typed
   */
  inTerminal(args: readonly string[], typed: string): ChildProcess {
    const env = { ...this.env, PHASEGATE_COMMAND: typed, PHASEGATE_LEAVING: 'stops the demo' };
    return spawn(process.execPath, [binary, ...args], { cwd: root, env, stdio: 'inherit' });
  }

  /** Runs a command and gives what it printed; a failing one is no error here. */
  run(args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    return new Promise((resolve) => {
      execFile(
        process.execPath,
        [binary, ...args],
        { cwd: root, env: this.env, maxBuffer: 1 << 26 },
        (error, stdout, stderr) => {
          resolve({ code: error ? Number(error.code ?? 1) : 0, stdout, stderr });
        }
      );
    });
  }

  /** A command that runs until it is stopped, for `spawnServer`. */
  process(args: readonly string[]): { command: string; args: string[]; env: NodeJS.ProcessEnv } {
    return { command: process.execPath, args: [binary, ...args], env: this.env };
  }
}
