import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { createUnleashProvider } from '../../../src/activities/flags/unleash/unleash-provider.js';
import type { FlagProvider } from '../../../src/activities/flags/provider.js';
import { serve } from '../../support/activities/http-server.js';
import { testTools } from '../../support/activities/tools.js';
import { until } from '../../support/activities/until.js';

/** The provider on a stub of a server, for answers that a real Unleash cannot be made to give. */
function providerOn(url: string, signal?: AbortSignal): FlagProvider {
  const source = { provider: 'unleash', url, project: 'default', environment: 'production', token: 't' } as const;
  return createUnleashProvider(source, testTools(), () => undefined, signal);
}

describe('answers of something that should be Unleash', () => {
  it.each([
    ['a busy server', 503, 'overloaded', 'PG301', false, '503 overloaded'],
    ['too many requests', 429, '{"message":"slow down"}', 'PG301', false, '429 slow down'],
    [
      'a refusal with details',
      400,
      '{"message":"bad","details":[{"message":"rollout is missing"}]}',
      'PG303',
      true,
      '400 bad rollout is missing',
    ],
    ['a proxy that wants a login', 403, '<html>login</html>', 'PG303', true, '403 <html>login</html>'],
    ['a flag that it does not know', 404, '{"name":"NotFoundError","message":"no flag F"}', 'PG302', true, 'no flag F'],
    ['a proxy that knows no such page', 404, '<html>not here</html>', 'PG301', false, '404 <html>not here</html>'],
    ['a redirect', 302, '', 'PG303', true, '302'],
    ['a page instead of JSON', 200, '<html>hello</html>', 'PG312', false, 'no JSON'],
    ['JSON of another kind', 200, '{"hello":"world"}', 'PG312', false, 'not as expected'],
    ['nothing', 200, '', 'PG312', false, 'not as expected'],
  ])('%s', async (_, status, body, type, nonRetryable, words) => {
    await using server = await serve((_request, response: ServerResponse) => response.writeHead(status).end(body));
    await expect(providerOn(server.url).read('F')).rejects.toMatchObject({
      type,
      nonRetryable,
      message: expect.stringContaining(words) as string,
    });
  });

  it.each([
    ['a refusal', 400, JSON.stringify({ message: 'bad', details: [{ message: 'x'.repeat(100_000) }] })],
    ['an answer that is wrong in a thousand places', 200, JSON.stringify({ environments: Array(1_000).fill({}) })],
  ])('%s is told in a few words', async (_, status, body) => {
    await using server = await serve((_request, response) => response.writeHead(status).end(body));
    const failure: unknown = await providerOn(server.url)
      .read('F')
      .catch((error: unknown) => error);
    expect((failure as Error).message.length).toBeLessThan(600);
  });

  it('a name with slashes stays one part of the path', async () => {
    await using server = await serve((_, response) =>
      response.writeHead(404).end('{"name":"NotFoundError","message":"no"}')
    );
    await expect(providerOn(`${server.url}/`).read('../../users')).rejects.toMatchObject({ type: 'PG302' });
    expect(server.seen[0]?.path).toBe('/api/admin/projects/default/features/..%2F..%2Fusers');
  });
});

describe('a change of a flag in Unleash', () => {
  const share = {
    id: 's',
    name: 'flexibleRollout',
    parameters: { rollout: '100', stickiness: 'default', groupId: 'F' },
  };
  const feature = (enabled: boolean): string =>
    JSON.stringify({ environments: [{ name: 'production', enabled, strategies: [share] }] });
  const off = { enabled: false, percent: 0 };

  it('that is called off under way ends when Unleash has answered, so that an undo reads what it left', async () => {
    const stop = new AbortController();
    let enabled = true;
    const answers: Array<() => void> = [];
    await using server = await serve(({ method }, response) => {
      if (method === 'GET') return response.end(feature(enabled));
      answers.push(() => {
        enabled = false;
        response.end();
      });
    });
    let ended = false;
    const writing = providerOn(server.url, stop.signal)
      .write('F', off, 'key')
      .finally(() => (ended = true));
    await until('Unleash is asked to turn it off', () => answers.length > 0);
    stop.abort();
    // A request that is cancelled ends before a later one is answered.
    await providerOn(server.url).read('F');
    expect(ended).toBe(false);
    answers[0]?.();
    expect(await writing).toBe(true);
    expect(await providerOn(server.url).read('F')).toMatchObject({ enabled: false });
  });

  it('is not begun once it was called off', async () => {
    const stop = new AbortController();
    await using server = await serve(({ method }, response) => {
      if (method === 'POST') stop.abort();
      response.end(method === 'GET' ? feature(true) : '');
    });
    const provider = providerOn(server.url, stop.signal);
    const before = await provider.read('F');
    const restoring = provider.restore({ ...before, native: { enabled: false, strategies: [] } });
    await expect(restoring).rejects.toMatchObject({ name: 'AbortError' });
    expect(server.seen.map(({ method }) => method)).toEqual(['GET', 'GET', 'POST']);
  });

  it.each([
    ['breaks off', (response: ServerResponse) => void response.destroy(), true],
    ['comes from a gateway that gave up', (response: ServerResponse) => void response.writeHead(504).end('slow'), true],
    ['is that it is busy', (response: ServerResponse) => void response.writeHead(503).end('busy'), false],
  ])('whose answer %s says whether it may have taken effect', async (_, answer, unknown) => {
    await using server = await serve(({ method }, response) => {
      if (method === 'GET') response.end(feature(true));
      else answer(response);
    });
    const words = 'Nobody knows whether it took effect, or still will: look at the flag in Unleash.';
    await expect(providerOn(server.url).write('F', off, 'key')).rejects.toMatchObject({
      type: 'PG301',
      nonRetryable: false,
      message: (unknown ? expect.stringContaining(words) : expect.not.stringContaining(words)) as string,
    });
  });
});
