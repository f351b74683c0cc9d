import { Registry } from 'prom-client';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Look } from '../../../src/worker/runs/seen.js';
import { untilNextLook, watchRuns } from '../../../src/worker/runs/watch-runs.js';

const good: Look = {
  at: 5000,
  unread: 0,
  asked: 0,
  runs: [
    {
      plan: 'p',
      state: 'completed',
      startedAt: 0,
      rollbacks: [],
      alerts: [],
      incidents: [],
      silent: { gates: false, alerts: false, incidents: false },
    },
  ],
};

/** Looks one after the other, as a test answers them; it ends with the test. */
function watching(withinMs = 60_000): {
  /** Of each look. */
  signals: AbortSignal[];
  registry: Registry;
  warnings: unknown[];
  /** Resolves when the next look begins, with how it is answered. */
  next: () => Promise<Answering<Look>>;
} {
  const registry = new Registry();
  const warnings: unknown[] = [];
  const over = new AbortController();
  const begun: Array<Answering<Look>> = [];
  const signals: AbortSignal[] = [];
  const awaited: Array<(look: Answering<Look>) => void> = [];
  const running = watchRuns({
    environment: 'e',
    registry,
    logger: { warn: (...line: unknown[]) => void warnings.push(line) },
    take: (_now, signal) => {
      signals.push(signal);
      const look = resolvers<Look>();
      const waiting = awaited.shift();
      if (waiting) waiting(look);
      else begun.push(look);
      return look.promise;
    },
    signal: over.signal,
    everyMs: 1,
    withinMs,
  });
  onTestFinished(async () => {
    over.abort();
    for (const look of begun) look.resolve(good);
    await running;
  });
  return {
    signals,
    registry,
    warnings,
    next: () => {
      const look = begun.shift();
      return look ? Promise.resolve(look) : new Promise((resolve) => awaited.push(resolve));
    },
  };
}

interface Answering<T> {
  promise: Promise<T>;
  resolve(value: T): void;
  reject(error: Error): void;
}
function resolvers<T>(): Answering<T> {
  let resolve: Answering<T>['resolve'] = () => undefined;
  let reject: Answering<T>['reject'] = () => undefined;
  const promise = new Promise<T>((good, bad) => {
    resolve = good;
    reject = bad;
  });
  return { promise, resolve, reject };
}

async function exported(registry: Registry): Promise<string> {
  const text = await registry.metrics();
  return text
    .split('\n')
    .filter((line) => line.startsWith('phasegate_'))
    .join('\n');
}

describe('the look at the runs', () => {
  it.each([
    { asked: 0, seconds: 15 },
    { asked: 100, seconds: 15 },
    { asked: 140, seconds: 20 },
    { asked: 400, seconds: 58 },
  ])('comes again after $seconds s when $asked executions were asked', ({ asked, seconds }) => {
    expect(Math.ceil(untilNextLook(15_000, asked) / 1000)).toBe(seconds);
  });

  it('tells nothing good before it has looked, then what it saw', async () => {
    const { registry, next } = watching();
    const first = await next();
    expect(await exported(registry)).toBe('phasegate_runs_read_success{environment="e"} 0');
    first.resolve(good);
    await next();
    expect(await exported(registry)).toContain('phasegate_run_state{environment="e",plan="p",state="completed"} 1');
  });

  it('that fails takes away what was told before, warns once, and comes back', async () => {
    const { registry, warnings, next } = watching();
    (await next()).resolve(good);
    (await next()).reject(new Error('the server is away'));
    const third = await next();
    expect(await exported(registry)).toBe('phasegate_runs_read_success{environment="e"} 0');
    third.reject(new Error('the server is away'));
    (await next()).resolve(good);
    await next();
    expect(await exported(registry)).toContain('phasegate_runs_read_success{environment="e"} 1');
    expect(warnings).toHaveLength(1);
  });

  it('that takes too long has failed, whatever it would have told', async () => {
    const { registry, signals, next } = watching(5);
    const slow = await next();
    await next();
    expect(signals[0]?.aborted).toBe(true);
    expect(await exported(registry)).toBe('phasegate_runs_read_success{environment="e"} 0');
    slow.resolve(good);
  });
});
