import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createLimiter } from '../../../src/activities/metrics/limiter.js';
import { askSource } from '../../../src/activities/metrics/request.js';
import type { SourceAnswer, SourceRequest } from '../../../src/activities/metrics/request.js';
import { stubSource } from '../../support/metrics/stub-source.js';

function ask(url: string, change: Partial<SourceRequest> = {}): Promise<SourceAnswer> {
  return askSource(
    { fetch, limiter: createLimiter(4) },
    { method: 'GET', url, headers: {}, timeoutMs: 5000, ...change }
  );
}

describe('asking a metrics source', () => {
  it('gives status and body whatever the status is', async () => {
    const { url } = await stubSource(() => ({ status: 503, body: 'down' }));
    expect(await ask(url)).toEqual({ ok: true, status: 503, text: 'down' });
  });

  it('says who refused the connection', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    expect(await ask(`http://127.0.0.1:${port}/`)).toEqual({
      ok: false,
      reason: `fetch failed: connect ECONNREFUSED 127.0.0.1:${port}`,
    });
  });

  it('gives up after its timeout, before the first byte and between two', async () => {
    const silent = await stubSource(() => new Promise<undefined>(() => undefined));
    expect(await ask(silent.url, { timeoutMs: 50 })).toEqual({ ok: false, reason: 'no answer within 0.05s' });
    const halting = await stubSource((_, response) => {
      response.writeHead(200).write('half');
      return undefined;
    });
    expect(await ask(halting.url, { timeoutMs: 50 })).toEqual({ ok: false, reason: 'no answer within 0.05s' });
  });

  it('does not read more than 4 MiB', async () => {
    const { url } = await stubSource(() => ({ body: 'x'.repeat(4 * 1024 * 1024 + 1) }));
    expect(await ask(url)).toEqual({ ok: false, reason: 'the answer is larger than 4 MiB' });
    const full = await stubSource(() => ({ body: 'x'.repeat(4 * 1024 * 1024) }));
    expect(await ask(full.url)).toMatchObject({ ok: true });
  });

  it('follows no redirect: the headers may carry a token', async () => {
    const source = await stubSource(() => ({ status: 302, body: '', headers: { location: '/elsewhere' } }));
    expect(await ask(source.url)).toMatchObject({ ok: true, status: 302 });
    expect(source.requests).toHaveLength(1);
  });

  it('tries once more when the connection broke, and no more than once', async () => {
    let failures = 1;
    const source = await stubSource((_, response) => {
      if (failures === 0) return { body: 'well' };
      failures -= 1;
      response.destroy();
      return undefined;
    });
    expect(await ask(source.url)).toEqual({ ok: true, status: 200, text: 'well' });
    failures = 2;
    expect(await ask(source.url)).toMatchObject({ ok: false });
    expect(source.requests).toHaveLength(4);
  });

  it('ends at once when it is cancelled, with the reason of the signal', async () => {
    const abort = new AbortController();
    const source = await stubSource(() => {
      abort.abort(new Error('worker shutdown'));
      return new Promise<undefined>(() => undefined);
    });
    await expect(ask(source.url, { signal: abort.signal })).rejects.toThrow('worker shutdown');
    await expect(ask(source.url, { signal: abort.signal })).rejects.toThrow('worker shutdown');
    expect(source.requests).toHaveLength(1);
  });
});
