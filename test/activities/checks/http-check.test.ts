import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { CheckResult } from '../../../src/activities/contract.js';
import type { HttpCheck } from '../../../src/plan/model.js';
import { testEnvironment } from '../../support/activities/environment.js';
import { serve } from '../../support/activities/http-server.js';
import { activitiesOn } from '../../support/activities/run-activity.js';
import { hurriedClock, testTools } from '../../support/activities/tools.js';
import type { TestTools } from '../../support/activities/tools.js';

const origin = { run: 'r', address: '1a/health#1', title: 'Health' };

function check(url: string, overrides: Partial<HttpCheck> = {}): HttpCheck {
  const timeout = { ms: 5_000, planned: '5s' };
  return { type: 'http', url, method: 'GET', status: [200], headers: {}, timeout, ...overrides };
}

/** Runs a check with pauses that take no time, and tells how long they would have been. */
async function run(
  asked: HttpCheck,
  httpAllow = [new URL(asked.url).host],
  tools = testTools()
): Promise<CheckResult & { pauses: number[]; evidenceText: string }> {
  const pauses: number[] = [];
  const clock = { ...hurriedClock, sleep: (ms: number) => Promise.resolve(void pauses.push(ms)) };
  const activities = activitiesOn({ ...tools, clock });
  const result = await activities.runCheck({ origin, check: asked, environment: testEnvironment({ httpAllow }) });
  return { ...result, pauses, evidenceText: await activities.readEvidence({ digest: result.evidence.digest }) };
}

describe('an http check', () => {
  it('passes on the expected status and text, and keeps request and answer as evidence', async () => {
    await using server = await serve((_, response) => response.end('all is healthy'));
    const result = await run(check(`${server.url}/healthz`, { contains: 'healthy' }));
    expect(result).toMatchObject({
      verdict: 'PASS',
      reason: `GET ${server.url}/healthz answered 200`,
      output: 'all is healthy',
    });
    expect(JSON.parse(result.evidenceText)).toMatchObject({
      kind: 'http-check',
      document: {
        origin,
        verdict: 'PASS',
        facts: { exchanges: [{ attempt: 1, answer: { status: 200, body: 'all is healthy' } }] },
      },
    });
  });

  it.each([
    [404, 'no such page', 'answered 404, expected 200 or 204', 1],
    [500, 'broken', 'answered 500, expected 200 or 204', 1],
    [503, 'starting', 'answered 503, expected 200 or 204', 3],
  ])('status %i is FAIL with what was got', async (status, body, words, asked) => {
    await using server = await serve((_, response) => response.writeHead(status).end(body));
    const result = await run(check(server.url, { status: [200, 204] }));
    expect(result).toMatchObject({ verdict: 'FAIL', output: body });
    expect(result.reason).toContain(words);
    expect(server.seen).toHaveLength(asked);
  });

  it('a text that is missing is FAIL', async () => {
    await using server = await serve((_, response) => response.end('{"ok":false}'));
    const result = await run(check(server.url, { contains: '"ok":true' }));
    expect(result).toMatchObject({ verdict: 'FAIL' });
    expect(result.reason).toContain('answered 200 without "\\"ok\\":true"');
  });

  it('a text that is missing from the first 64 KiB of a longer answer is HOLD, and no more is read', async () => {
    await using server = await serve((_, response) => response.end('x'.repeat(10_000_000)));
    const result = await run(check(server.url, { contains: 'needle' }));
    expect(result.verdict).toBe('HOLD');
    expect(result.evidence.bytes).toBeLessThan(70_000);
    expect(result.output?.length).toBeLessThanOrEqual(2_000);
  });

  it('follows no redirect and says where it led', async () => {
    await using server = await serve((_, response) =>
      response.writeHead(302, { location: 'http://169.254.169.254/' }).end()
    );
    const result = await run(check(server.url));
    expect(result).toMatchObject({ verdict: 'FAIL' });
    expect(result.reason).toContain('answered 302 (to http://169.254.169.254/; redirects are not followed)');
    expect(server.seen).toHaveLength(1);
  });

  it('a service that answers 503 and then recovers passes', async () => {
    let count = 0;
    await using server = await serve((_, response) => response.writeHead((count += 1) < 3 ? 503 : 200).end());
    expect(await run(check(server.url))).toMatchObject({ verdict: 'PASS', pauses: [500, 1000] });
  });

  it('a refused connection is HOLD after three tries', async () => {
    const url = await closedPort();
    const result = await run(check(url));
    expect(result).toMatchObject({ verdict: 'HOLD', pauses: [500, 1000] });
    expect(result.reason).toMatch(/ECONNREFUSED.*\(3 tries\)$/);
  });

  it('no answer in time is HOLD after three tries, also when the answer stops half-way', async () => {
    await using silent = await serve(() => undefined);
    const first = await run(check(silent.url, { timeout: { ms: 60, planned: '60ms' } }));
    expect(first).toMatchObject({ verdict: 'HOLD' });
    expect(first.reason).toContain('no answer within 0.06 s (3 tries)');
    expect(silent.seen).toHaveLength(3);
    await using half = await serve((_, response) => void response.write('half'));
    expect(await run(check(half.url, { timeout: { ms: 60, planned: '60ms' } }))).toMatchObject({ verdict: 'HOLD' });
  });

  it('an unknown host and a server without TLS are HOLD', async () => {
    const unknown = await run(check('http://no-such-host.invalid/'));
    expect(unknown.verdict).toBe('HOLD');
    await using plain = await serve((_, response) => response.end());
    const tls = await run(check(plain.url.replace('http:', 'https:')));
    expect(tls.verdict).toBe('HOLD');
  });

  it.each([
    ['http://127.0.0.1:1/', ['127.0.0.1:2'], 'host 127.0.0.1:1 is not allowed (allowed: 127.0.0.1:2)'],
    ['http://2130706433/', ['status.example.com'], 'host 127.0.0.1 is not allowed'],
    ['http://[::ffff:127.0.0.1]/', ['127.0.0.1'], 'is not allowed'],
    ['http://status.example.com.evil.test/', ['status.example.com'], 'is not allowed'],
    ['http://status.example.com@evil.test/', ['status.example.com'], 'carries a user or password'],
    ['file:///etc/passwd', [''], 'neither http nor https'],
    ['http://169.254.169.254/latest', [], 'is not allowed (allowed: none)'],
  ])('%s is not called when only %j is allowed', async (url, allow, words) => {
    let asked = false;
    const tools = testTools({ fetch: () => Promise.reject(new Error(`${(asked = true)}`)) });
    const result = await run(check(url), allow, tools);
    expect(result).toMatchObject({ verdict: 'HOLD' });
    expect(result.reason).toContain('PG308');
    expect(result.reason).toContain(words);
    expect(asked).toBe(false);
  });

  it('sends method, headers and body with their secrets, and nothing of them is kept', async () => {
    await using server = await serve((request, response) => response.end(`you sent ${request.headers.authorization}`));
    const tools = testTools({ env: { TOKEN: 'canary token/1' } }) as TestTools;
    const asked = check(server.url, {
      method: 'POST',
      body: 'q=${env:TOKEN}',
      headers: { authorization: 'Bearer ${env:TOKEN}' },
    });
    const result = await run(asked, [server.host], tools);
    expect(server.seen).toMatchObject([
      { method: 'POST', body: 'q=canary token/1', headers: { authorization: 'Bearer canary token/1' } },
    ]);
    expect(result.output).toBe('you sent Bearer [secret env:TOKEN]');
    expect(JSON.stringify(result)).not.toContain('canary');
  });

  it('a missing secret is HOLD, not a failure of the run', async () => {
    await using server = await serve((_, response) => response.end());
    const result = await run(check(server.url, { headers: { authorization: '${env:NONE}' } }));
    expect(result).toMatchObject({ verdict: 'HOLD' });
    expect(result.reason).toContain('PG309: the environment variable NONE');
  });
});

async function closedPort(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
}
