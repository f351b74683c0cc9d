import { realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createDirectoryStore } from '../../../src/activities/evidence/index.js';
import { systemClock } from '../../../src/activities/clock.js';
import type { Clock } from '../../../src/activities/clock.js';
import type { Tools } from '../../../src/activities/deps.js';
import type { Scope } from '../../../src/activities/scope.js';
import { createSecrets } from '../../../src/activities/secrets.js';
import { tempFolder } from '../../../src/client/dev-server/temp-folder.js';

/** Real tools on a temporary folder: system clock, directory store, Node's fetch; only the logger keeps its lines. */
export interface TestTools extends Tools {
  lines: Array<{ level: string; facts: object; message: string }>;
}

const folders: string[] = [];

/** A temporary folder, removed when this process ends. */
export function testFolder(): string {
  // The test runner ends its processes with TERM, which runs no exit handler.
  if (folders.length === 0) {
    process.once('SIGTERM', () => {
      for (const folder of folders) rmSync(folder, { recursive: true, force: true });
      process.kill(process.pid, 'SIGTERM');
    });
  }
  const folder = realpathSync(tempFolder('test'));
  folders.push(folder);
  return folder;
}

export function testTools(overrides: Partial<Tools> = {}): TestTools {
  const workdir = overrides.workdir ?? testFolder();
  const env = overrides.env ?? { PATH: process.env['PATH'], HOME: workdir };
  const lines: TestTools['lines'] = [];
  const write =
    (level: string) =>
    (facts: object, message: string): void =>
      void lines.push({ level, facts, message });
  return {
    evidence: createDirectoryStore(join(workdir, 'evidence')),
    clock: systemClock,
    logger: { info: write('info'), warn: write('warn'), error: write('error') },
    stateDir: join(workdir, 'state'),
    fetch,
    secrets: createSecrets({ env, baseDir: workdir }),
    ...overrides,
    workdir,
    env,
    lines,
  };
}

/** The system's time, but pauses pass at once. */
export const hurriedClock: Clock = { now: () => Date.now(), sleep: () => Promise.resolve() };

/** The scope of an activity that nobody has cancelled yet, and the means to do so. */
export interface TestScope extends Scope {
  heartbeats: unknown[];
  cancel(how?: { handedOver: boolean }): void;
}

export function testScope(overrides: Partial<Scope> = {}): TestScope {
  const abort = new AbortController();
  const heartbeats: unknown[] = [];
  let handedOver = false;
  let reject: (reason: Error) => void = () => undefined;
  const cancelled = new Promise<never>((_, no) => (reject = no));
  cancelled.catch(() => undefined);
  return {
    workflowId: 'migration/test/plan/phase/1a',
    runId: 'run-1',
    activityId: '1',
    attempt: 1,
    scheduledAt: 0,
    timeLeftMs: Infinity,
    heartbeatDetails: undefined,
    heartbeat: (details) => void heartbeats.push(details),
    signal: abort.signal,
    cancelled,
    handedOver: () => Promise.resolve(handedOver),
    heartbeats,
    cancel: (how = { handedOver: false }) => {
      handedOver = how.handedOver;
      abort.abort();
      reject(new Error('cancelled'));
    },
    ...overrides,
  };
}
