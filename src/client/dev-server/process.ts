import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { cannotStart } from './server-errors.js';
import { waitUntilReady } from './ready.js';
import type { Ready } from './ready.js';
import { watchOver } from './watchdog.js';

const READY_TIMEOUT_MS = 30_000;
const STOP_GRACE_MS = 10_000;
const TAIL_LINES = 10;
const TAIL_COLUMNS = 300;

export interface SpawnServerOptions {
  /** What the server is called in messages, such as "Prometheus". */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Appended to; both output streams go there. Its folder is made. */
  readonly logFile: string;
  readonly ready: Ready;
  /** Default 30,000. */
  readonly readyTimeoutMs?: number;
  /** The whole environment of the server; by default that of this process. */
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Gives up the start, and stops the server again. */
  readonly signal?: AbortSignal;
}

interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A server that serves, started by {@link spawnServer}. */
export interface ServerProcess {
  readonly name: string;
  readonly pid: number;
  readonly logFile: string;
  /** The match of `ready: { line }`, with its groups. */
  readonly readyMatch?: RegExpExecArray;
  /** Settles when the process has ended, for whatever reason; never rejects. */
  readonly exited: Promise<ProcessExit>;
  /** SIGTERM, after `graceMs` (default 10,000) SIGKILL; resolves when the process is gone. May be called again. */
  stop(graceMs?: number): Promise<void>;
}

/**
 * Starts a server and waits until it serves.
 *
 * It runs in a process group of its own: a Ctrl-C in the terminal reaches only us, and we stop our servers in order.
 * Should this process die without doing so, a watchdog ends the server.
 *
 * @throws PhasegateError (PG409) with the end of the server's log when it cannot start, ends early or does not serve in time.
 */
export async function spawnServer(options: SpawnServerOptions): Promise<ServerProcess> {
  const { name, logFile } = options;
  mkdirSync(path.dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'a');
  const logOffset = statSync(logFile).size;
  let child: ChildProcess;
  try {
    child = spawn(options.command, [...options.args], {
      detached: true,
      stdio: ['ignore', log, log],
      ...(options.env && { env: options.env }),
      ...(options.cwd !== undefined && { cwd: options.cwd }),
    });
  } finally {
    closeSync(log);
  }
  const exit = watchExit(child);
  if (child.pid === undefined) {
    const { error } = await exit.settled;
    throw cannotStart(
      `${name} could not be started with ${options.command}: ${error?.message ?? 'no process was made'}`,
      'Check that the command exists and may be executed.',
      error
    );
  }
  const { pid } = child;
  const watchdog = watchOver(pid);
  const exited = exit.settled.then(({ code, signal }) => ({ code, signal }));
  void exited.then(() => watchdog.dismiss());
  const stop = (graceMs = STOP_GRACE_MS) => terminate(child, pid, exited, graceMs);

  const timeoutMs = options.readyTimeoutMs ?? READY_TIMEOUT_MS;
  const giveUp = options.signal ? AbortSignal.any([options.signal, exit.signal]) : exit.signal;
  const result = await waitUntilReady(options.ready, logFile, logOffset, timeoutMs, giveUp);
  if (!result.ready) {
    const ended = exit.signal.aborted ? await exited : undefined;
    // Before it is stopped: what a server says while it stops is not why it did not serve.
    const tail = await tailOf(logFile, logOffset);
    await stop();
    throw cannotStart(
      `${name} ${explain(ended, options.signal, timeoutMs, result.lastReason)}. The end of its log:\n${tail}`,
      `The whole log: ${logFile}`
    );
  }
  return { name, pid, logFile, exited, stop, ...(result.match && { readyMatch: result.match }) };
}

interface Settled extends ProcessExit {
  readonly error?: Error;
}

function watchExit(child: ChildProcess): { readonly settled: Promise<Settled>; readonly signal: AbortSignal } {
  const controller = new AbortController();
  const settled = new Promise<Settled>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    child.on('error', (error) => {
      // With a process id it is only a signal that could not be sent; then the process still runs.
      if (child.pid === undefined) {
        resolve({ code: null, signal: null, error });
      }
    });
  });
  void settled.then(() => controller.abort());
  return { settled, signal: controller.signal };
}

async function terminate(
  child: ChildProcess,
  pid: number,
  exited: Promise<ProcessExit>,
  graceMs: number
): Promise<void> {
  // Node signals nothing once it has seen the exit, so a process id that was given away again is safe.
  child.kill('SIGTERM');
  const timer = new AbortController();
  const late = delay(graceMs, 'late' as const, { signal: timer.signal }).catch(() => 'stopped' as const);
  if ((await Promise.race([exited, late])) === 'late') {
    // The group, because what ignored the polite request may have children that would be left behind.
    process.kill(-pid, 'SIGKILL');
    await exited;
  }
  timer.abort();
}

function explain(
  ended: ProcessExit | undefined,
  cancelled: AbortSignal | undefined,
  timeoutMs: number,
  reason: string | undefined
): string {
  if (ended) {
    return `ended before it served (${ended.signal ?? `exit code ${ended.code}`})`;
  }
  if (cancelled?.aborted) {
    return 'was stopped before it served';
  }
  return `did not serve within ${timeoutMs / 1000} s${reason === undefined ? '' : ` (${reason})`}`;
}

async function tailOf(logFile: string, logOffset: number): Promise<string> {
  const lines = (await readFile(logFile)).subarray(logOffset).toString('utf8').trimEnd().split('\n');
  return lines
    .slice(-TAIL_LINES)
    .map((line) => `  ${line.slice(0, TAIL_COLUMNS)}`)
    .join('\n');
}
