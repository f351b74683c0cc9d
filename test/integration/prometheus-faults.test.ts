import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/activities/clock.js';
import type { WindowResult } from '../../src/activities/contract.js';
import { freePorts } from '../../demo/servers/processes.js';
import { input, startHalfHours, stopHalfHours } from '../support/metrics/half-hours.js';
import { stubSource } from '../support/metrics/stub-source.js';
import { watch } from '../support/metrics/watching.js';
import { second, span, successRate } from '../support/metrics/windows.js';

beforeAll(startHalfHours);
afterAll(stopHalfHours);

describe('a metrics source that misbehaves', () => {
  /** A PROXY before the real Prometheus that breaks what it is told to break. */
  async function through(
    breaks: (
      count: number
    ) => Promise<{ status?: number; body: string } | undefined> | { status?: number; body: string } | undefined,
    timeoutMs = 10 * second
  ): Promise<WindowResult> {
    const given = input(successRate, { promql: 'good', range: span(900 * second) });
    const real = given.environment.metrics.url;
    let count = 0;
    const proxy = await stubSource(async ({ path, form }) => {
      count += 1;
      const broken = await breaks(count);
      if (broken) return broken;
      const answer = await fetch(`${real}${path}`, { method: 'POST', body: form });
      return { status: answer.status, body: await answer.text() };
    });
    given.environment.metrics = { ...given.environment.metrics, url: proxy.url, timeout: span(timeoutMs) };
    return watch(given, { clock: systemClock }).result;
  }

  it('passes through the proxy when nothing is broken', async () => {
    expect(await through(() => undefined)).toMatchObject({ verdict: 'PASS', samples: 121 });
  });

  it.each([
    ['HTTP 500', () => ({ status: 500, body: 'oops' }), 'HTTP 500'],
    ['HTTP 502 with a page', () => ({ status: 502, body: '<html>Bad Gateway</html>' }), 'HTTP 502'],
    ['garbage', () => ({ body: '{"status":"succ' }), 'the answer is not one of the Prometheus API'],
    ['an answer that never comes', () => new Promise<undefined>(() => undefined), 'no answer within 0.2s'],
    ['an answer that may be partial', () => ({ body: JSON.stringify({ status: 'success', data: { resultType: 'vector', result: [] }, warnings: ['a store is away'] }) }), 'the answer may be partial: a store is away'],
  ])('holds on %s', async (_, breaks, why) => {
    const held = await through(breaks, why.startsWith('no answer') ? 200 : undefined);
    expect(held).toMatchObject({ verdict: 'HOLD', criteria: [{ ok: 0, breaches: 0, notValid: 3 }] });
    expect(held.reason).toContain(why);
  }); // prettier-ignore

  it('holds when nobody listens', async () => {
    const [port] = await freePorts(1);
    const given = input(successRate, { promql: 'good' });
    given.environment.metrics = { ...given.environment.metrics, url: `http://127.0.0.1:${port}` };
    const held = await watch(given, { clock: systemClock }).result;
    expect(held.verdict).toBe('HOLD');
    expect(held.reason).toContain('ECONNREFUSED');
  });
});
