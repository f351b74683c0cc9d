import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { vi } from 'vitest';
import { type ComponentName, FLAG_OF } from '../../demo/platform/components.js';
import type { Fault } from '../../demo/platform/faults.js';
import { tempFolder } from '../../src/client/dev-server/temp-folder.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const MAIN = join(ROOT, 'dist/demo/platform/main.js');

export interface CommandResult {
  code: number;
  stdout: string;
  stderr: string;
}

export type PlatformProcess = Awaited<ReturnType<typeof startPlatformProcess>>;

/** Waits for a condition of a real process: retried until it no longer throws. */
export function eventually<T>(check: () => Promise<T> | T, timeout = 30_000): Promise<T> {
  return vi.waitFor(check, { timeout, interval: 50 });
}

/** A flagd definition that is on for a share of the users, and for the included ones. */
export function flagDefinition(percent: number, include: readonly string[] = []) {
  const variants = { on: true, off: false };
  if (percent === 100) return { state: 'ENABLED', variants, defaultVariant: 'on' };
  const share = {
    fractional: [
      ['on', percent],
      ['off', 100 - percent],
    ],
  };
  const targeting = { if: [{ in: [{ var: 'targetingKey' }, include] }, 'on', share] };
  return { state: 'ENABLED', variants, defaultVariant: 'off', targeting };
}

/** Starts the built platform as a process of its own, with its files in a temporary directory. */
export async function startPlatformProcess(options: { loadUsers?: number; dir?: string; restartMs?: number } = {}) {
  const dir = options.dir ?? tempFolder('platform');
  const flagFile = join(dir, 'flags.json');
  const flags: Record<string, unknown> = {};
  const writeFlags = (text: string): void => {
    writeFileSync(`${flagFile}.new`, text);
    renameSync(`${flagFile}.new`, flagFile);
  };
  if (options.dir === undefined) writeFlags('{"flags":{}}');

  const args = ['--port', '0', '--flags', flagFile, '--state-dir', join(dir, 'state')];
  if (options.restartMs !== undefined) args.push('--restart-ms', String(options.restartMs));
  const child = spawn(process.execPath, [MAIN, ...args, '--load-users', String(options.loadUsers ?? 0)]);
  const exited = once(child, 'exit');
  let stderr = '';
  child.stderr.on('data', (chunk) => (stderr += String(chunk)));
  const line = await Promise.race([once(child.stdout, 'data'), exited.then(() => null)]);
  if (line === null) throw new Error(`the platform did not start (is it built? npm run build): ${stderr}`);
  const ready = JSON.parse(String(line[0])) as { url: string; pid: number };
  const { url } = ready;

  async function request(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const response = await fetch(`${url}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: await response.text() };
  }

  async function json(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
    return JSON.parse((await request(method, path, body)).body) as Record<string, unknown>;
  }

  return {
    ...ready,
    dir,
    request,
    json,
    writeFlags,
    setFlag(component: ComponentName, percent: number | null, include: readonly string[] = []): void {
      const definition = flagDefinition(percent ?? 0, include);
      flags[FLAG_OF[component]] = percent === null ? { ...definition, state: 'DISABLED' } : definition;
      writeFlags(JSON.stringify({ flags }));
    },
    setFaults: (...faults: Fault[]) => json('PUT', '/admin/faults', { faults }),
    /** One sample of the metrics endpoint by its full name; undefined when it is absent. */
    async metric(name: string): Promise<number | undefined> {
      const { body } = await request('GET', '/metrics');
      const sample = body.split('\n').find((text) => text.startsWith(`${name} `));
      return sample === undefined ? undefined : Number(sample.slice(name.length + 1));
    },
    /** Runs one of the operations commands as the worker would: by its wrapper, without a shell. */
    command: (name: string, ...rest: string[]) => runCommand(url, name, ...rest),
    kill: async (signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL') => {
      child.kill(signal);
      const [code] = (await exited) as [number | null];
      return { code, stderr };
    },
    async stop(): Promise<void> {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      await exited;
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Runs an operations command against the platform at this address. */
export function runCommand(url: string, name: string, ...args: string[]): Promise<CommandResult> {
  const env = { PATH: process.env['PATH'] ?? '', PLATFORM_URL: url };
  return new Promise((resolve) => {
    execFile(join(ROOT, 'demo/ops', name), args, { env, timeout: 15_000 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      resolve({ code, stdout, stderr });
    });
  });
}
