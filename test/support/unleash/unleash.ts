import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from './postgres.js';

const folder = import.meta.dirname;
const script = path.join(folder, 'node_modules/unleash-server/dist/server.js');

export interface Unleash {
  url: string;
  adminToken: string;
  frontendToken: string;
  /** A call to the admin API, outside of what is tested. */
  admin: (method: string, path: string, body?: unknown) => Promise<unknown>;
  stop(): Promise<void>;
}

/** Installs the Unleash server into this folder, from its own lock file, unless it is there. */
export async function installUnleash(): Promise<void> {
  if (existsSync(script)) return;
  await promisify(execFile)('npm', ['ci', '--no-audit', '--no-fund'], { cwd: folder, maxBuffer: 2 ** 26 });
}

/** A real Unleash server on an empty database, on a free loopback port. */
export async function startUnleash(databaseUrl: string): Promise<Unleash> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const adminToken = '*:*.test-admin-secret';
  const frontendToken = 'default:production.test-frontend-secret';
  const server = spawn(process.execPath, [script], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'] ?? '/usr/bin:/bin',
      NODE_ENV: 'production',
      TZ: 'UTC',
      HTTP_HOST: '127.0.0.1',
      HTTP_PORT: String(port),
      LOG_LEVEL: 'warn',
      DATABASE_URL: databaseUrl,
      DATABASE_SSL: 'false',
      INIT_ADMIN_API_TOKENS: adminToken,
      INIT_FRONTEND_API_TOKENS: frontendToken,
      UNLEASH_DEFAULT_ADMIN_PASSWORD: 'test-admin-password',
      UNLEASH_SECRET: 'test-secret',
      CHECK_VERSION: 'false',
      SEND_TELEMETRY: 'false',
    },
  });
  let log = '';
  const keep = (chunk: Buffer): void => void (log = (log + chunk.toString()).slice(-20_000));
  server.stdout.on('data', keep);
  server.stderr.on('data', keep);
  let running = true;
  const stopped = new Promise<void>((resolve) => server.once('exit', () => resolve(void (running = false))));
  await ready(
    url,
    () => running,
    () => log
  );
  return {
    url,
    adminToken,
    frontendToken,
    async admin(method, route, body) {
      const response = await fetch(`${url}/api/admin${route}`, {
        method,
        headers: { Authorization: adminToken, 'Content-Type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${method} ${route}: ${response.status} ${text}`);
      return text === '' ? undefined : (JSON.parse(text) as unknown);
    },
    async stop() {
      server.kill('SIGTERM');
      const timer = setTimeout(() => server.kill('SIGKILL'), 5_000);
      await stopped;
      clearTimeout(timer);
    },
  };
}

async function ready(url: string, running: () => boolean, log: () => string): Promise<void> {
  for (const end = Date.now() + 60_000; Date.now() < end; await delay(200)) {
    if (!running()) break;
    try {
      if ((await fetch(`${url}/health`)).ok) return;
    } catch {
      // Not listening yet.
    }
  }
  throw new Error(`Unleash did not start:\n${log()}`);
}
