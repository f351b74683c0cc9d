import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { createUnleashProvider } from '../../../src/activities/flags/unleash/unleash-provider.js';
import type { FlagProvider } from '../../../src/activities/flags/provider.js';
import { serve } from '../../support/activities/http-server.js';
import { testTools } from '../../support/activities/tools.js';

/** The provider on a stub of a server, for answers that a real Unleash cannot be made to give. */
function providerOn(url: string): FlagProvider {
  const source = { provider: 'unleash', url, project: 'default', environment: 'production', token: 't' } as const;
  return createUnleashProvider(source, testTools(), () => undefined);
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

  it('a name with slashes stays one part of the path', async () => {
    await using server = await serve((_, response) =>
      response.writeHead(404).end('{"name":"NotFoundError","message":"no"}')
    );
    await expect(providerOn(`${server.url}/`).read('../../users')).rejects.toMatchObject({ type: 'PG302' });
    expect(server.seen[0]?.path).toBe('/api/admin/projects/default/features/..%2F..%2Fusers');
  });
});
