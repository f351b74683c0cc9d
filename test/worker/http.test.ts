import { Registry } from 'prom-client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { serveHealth } from '../../src/worker/http.js';

async function serving(ready: boolean): Promise<string> {
  const health = await serveHealth({
    host: '127.0.0.1',
    port: 0,
    registry: new Registry(),
    ready: () => ready,
    about: () => ({ buildId: 'b1', queues: ['phasegate'] }),
  });
  onTestFinished(() => health.close());
  return health.url;
}

describe('the health endpoint of a worker', () => {
  it('says that it is alive, and which build and queues it is', async () => {
    const response = await fetch(`${await serving(false)}/healthz`);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ status: 'alive', buildId: 'b1', queues: ['phasegate'] });
  });

  it.each([
    [true, 200],
    [false, 503],
  ])('is ready (%s) only while it polls', async (ready, status) => {
    expect((await fetch(`${await serving(ready)}/readyz`)).status).toBe(status);
  });

  it('serves metrics that Prometheus can read', async () => {
    const text = await (await fetch(`${await serving(true)}/metrics`)).text();
    expect(text).toContain('phasegate_worker_ready 1');
    expect(text).toContain('process_cpu_seconds_total');
  });

  it.each([
    ['POST', '/healthz', 405],
    ['GET', '/etc/passwd', 404],
  ])('answers %s %s with %i', async (method, path, status) => {
    expect((await fetch(`${await serving(true)}${path}`, { method })).status).toBe(status);
  });
});
