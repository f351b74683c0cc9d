import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { needs } from '../../support/needs.js';
import { sharedServer } from '../../support/shared-server.js';

export const root = path.resolve(import.meta.dirname, '../../..');
const binary = path.join(root, 'bin/phasegate.js');

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  /** The address of the server; default: the one that all tests share. */
  address?: string;
  env?: Record<string, string>;
  stdin?: string;
  /** Of the terminal. */
  columns?: number;
  cwd?: string;
}

/** The real `phasegate` command as a process of its own, with no terminal. */
export class Running {
  stdout = '';
  stderr = '';
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;

  constructor(args: readonly string[], options: RunOptions = {}) {
    this.process = spawn(process.execPath, [binary, ...args], {
      cwd: options.cwd ?? root,
      env: environmentOf(options),
    });
    this.process.stdout?.on('data', (chunk) => (this.stdout += String(chunk)));
    this.process.stderr?.on('data', (chunk) => (this.stderr += String(chunk)));
    this.process.stdin?.end(options.stdin ?? '');
    this.ended = new Promise((resolve) => {
      this.process.once('close', (code) => resolve({ code, stdout: this.stdout, stderr: this.stderr }));
    });
  }

  /** Resolves when the output has it. */
  async says(text: string | RegExp): Promise<void> {
    const end = Date.now() + 20_000;
    const has = (): boolean => (typeof text === 'string' ? this.all.includes(text) : text.test(this.all));
    while (!has()) {
      if (Date.now() > end) throw new Error(`it did not say ${String(text)} within 20 s, but:\n${this.all}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  private get all(): string {
    return this.stdout + this.stderr;
  }
}

export function phasegate(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  return new Running(args, options).ended;
}

/** The same on a pseudo-terminal; `answers` are typed. Both streams come back as one. */
export function onTerminal(
  args: readonly string[],
  answers: string,
  options: RunOptions = {}
): Promise<{ code: number | null; screen: string }> {
  const script = needs('script', 'apt-get install bsdutils');
  const typed = [process.execPath, binary, ...args].map((part) => `'${part}'`).join(' ');
  const command = options.columns === undefined ? typed : `stty cols ${options.columns}; ${typed}`;
  const child = spawn(script, ['-qec', command, '/dev/null'], {
    cwd: root,
    env: { ...environmentOf(options), TERM: 'xterm' },
  });
  let screen = '';
  let answered = false;
  return new Promise((resolve) => {
    child.stdout.on('data', (chunk) => {
      screen += String(chunk);
      // Typed when the question is there, as a person would.
      if (answered || !/\[y\/N\]|to go on:/.test(screen)) return;
      answered = true;
      child.stdin.write(answers);
    });
    child.once('close', (code) => resolve({ code, screen }));
  });
}

function environmentOf({ address, env }: RunOptions): NodeJS.ProcessEnv {
  const { PATH = '', HOME = '' } = process.env;
  // A server of a test's own has the usual namespace.
  const where = address === undefined ? sharedServer() : { address };
  return {
    PATH,
    HOME,
    TEMPORAL_CONFIG_FILE: path.join(root, 'no-such-file.toml'),
    TEMPORAL_ADDRESS: where.address,
    ...('namespace' in where ? { TEMPORAL_NAMESPACE: where.namespace } : {}),
    PHASEGATE_USER: 'dana',
    ...env,
  };
}
