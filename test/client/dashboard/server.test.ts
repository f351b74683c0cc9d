import { request, type IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { isExpectedHost, isLoopback } from '../../../src/client/dashboard/serve/hosts.js';
import { requiredToken } from '../../../src/client/dashboard/serve/token.js';
import { refusalOf } from '../../../src/client/dashboard/page/refusal.js';
import { documentsOf, firstDocument } from '../../support/dashboard/documents.js';
import { FakeReader, scene } from '../../support/dashboard/scene.js';
import { servePages, type PageOptions, type ServedPages } from '../../support/dashboard/pages.js';

const token = 'a-token-of-some-length';
const here = { host: '127.0.0.1', names: [] };

async function serve(options: PageOptions = {}): Promise<ServedPages & { reader: FakeReader }> {
  const reader = new FakeReader(await scene());
  return { ...(await servePages(reader, options)), reader };
}

/** With any Host header, which `fetch` does not let anybody choose. */
function get(url: string, headers: Record<string, string>): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request(url, { headers }, (response) => {
      response.resume();
      resolve(response);
    })
      .once('error', reject)
      .end();
  });
}

describe('the server of the dashboards', () => {
  it.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])('refuses %s, whatever the path', async (method) => {
    const { url, reader } = await serve();
    for (const path of ['/', '/executive', '/events?board=executive&range=run', '/enter']) {
      const answer = await fetch(`${url}${path}`, { method });
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    }
    expect(reader.reads).toBe(0);
  });

  it('lets nothing be loaded from elsewhere, framed, guessed or kept', async () => {
    const { url } = await serve();
    const { headers } = await fetch(`${url}/executive`);
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|https?:|data:|\*/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
  });

  it('answers only to its own names, so that no other site can make its name point here', async () => {
    const { url } = await serve();
    const { port } = new URL(url);
    const status = async (host: string): Promise<number | undefined> =>
      (await get(`${url}/events?board=executive&range=x`, { host })).statusCode;
    expect(await status(`127.0.0.1:${port}`)).toBe(400);
    expect(await status('localhost:9000')).toBe(400);
    expect(await status(`evil.example:${port}`)).toBe(421);
    expect(await status('127.0.0.1.evil.example')).toBe(421);
    const named = await serve({ names: ['wall.example'] });
    expect((await get(named.url, { host: 'wall.example' })).statusCode).toBe(302);
  });

  it('leads to the executive board, and to no page that is not there', async () => {
    const { url } = await serve();
    const first = await fetch(url, { redirect: 'manual' });
    expect([first.status, first.headers.get('location')]).toEqual([302, '/executive']);
    for (const path of ['/boards', '/assets/../package.json', '/assets/%2e%2e/package.json', '/assets/index.html'])
      expect((await fetch(`${url}${path}`)).status).toBe(404);
  });

  it('outlives an address that is none', async () => {
    const { url } = await serve();
    expect((await fetch(`${url}//[`)).status).toBe(400);
    expect((await fetch(url, { redirect: 'manual' })).status).toBe(302);
  });

  it('tells a page what it shows', async () => {
    const { url } = await serve();
    const document = await firstDocument(`${url}/events?board=operations&range=6h`);
    expect(document).toMatchObject({ board: 'operations', range: '6h', head: { environment: 'demo' } });
    expect(document.panels).toHaveLength(5);
  });

  it('has a proxy pass on what is new when it comes', async () => {
    const { url } = await serve();
    const { headers, body } = await fetch(`${url}/events?board=executive&range=run`);
    expect(headers.get('x-accel-buffering')).toBe('no');
    await body?.cancel();
  });

  it('shows nothing of a run to those who have no token, or another one', async () => {
    const { url, reader } = await serve({ token });
    const events = `${url}/events?board=executive&range=run`;
    expect((await fetch(events)).status).toBe(401);
    expect((await fetch(events, { headers: { authorization: `Bearer ${token}x` } })).status).toBe(401);
    expect((await fetch(events, { headers: { cookie: `phasegate-dashboard-${new URL(url).port}=00` } })).status).toBe(
      401
    );
    const page = await fetch(`${url}/executive`);
    expect([page.status, await page.text()]).toEqual([401, 'enter.html']);
    expect((await fetch(`${url}/enter`, { headers: { authorization: 'Bearer wrong' } })).status).toBe(401);
    expect(reader.reads).toBe(0);
  });

  it('takes the token as a header, and for a browser as a cookie that does not give it away', async () => {
    const { url } = await serve({ token });
    const events = `${url}/events?board=executive&range=run`;
    const authorization = { authorization: `Bearer ${token}` };
    expect(await firstDocument(events, { headers: authorization })).toMatchObject({ board: 'executive' });
    const entered = await fetch(`${url}/enter`, { headers: authorization });
    const cookie = entered.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/HttpOnly; SameSite=Strict/);
    expect(cookie).not.toContain(token);
    const [kept = ''] = cookie.split(';');
    expect(await firstDocument(events, { headers: { cookie: kept } })).toMatchObject({ board: 'executive' });
  });

  it('keeps its cookie apart from that of another dashboard of the host', async () => {
    const names = new Set<string | undefined>();
    for (const { url } of [await serve({ token }), await serve({ token })]) {
      const { headers } = await fetch(`${url}/enter`, { headers: { authorization: `Bearer ${token}` } });
      names.add(headers.get('set-cookie')?.split('=')[0]);
    }
    expect(names.size).toBe(2);
  });

  it('tells a page why it gives no events: it wants the token, or nobody is there', async () => {
    const server = await serve({ token });
    const events = `${server.url}/events?board=executive&range=run`;
    expect(await refusalOf(events)).toEqual({ kind: 'token' });
    await server.close();
    expect(await refusalOf(events)).toEqual({ kind: 'words', words: 'the dashboard server does not answer' });
  });

  it('tells a page that too many are open, when they are', async () => {
    const { url } = await serve({ everyMs: 3_600_000 });
    const events = `${url}/events?board=executive&range=run`;
    expect(await refusalOf(events)).toEqual({ kind: 'none' });
    await Promise.all(Array.from({ length: 200 }, () => fetch(events)));
    expect(await refusalOf(events)).toEqual({ kind: 'words', words: 'the dashboard server says: too many pages are open' }); // prettier-ignore
  });

  it('says which port is in use, and takes the next one where it may', async () => {
    const { url } = await serve();
    const port = Number(new URL(url).port);
    await expect(serve({ ports: [port] })).rejects.toMatchObject({
      code: 'PG430',
      message: `the dashboard cannot listen on 127.0.0.1:${port}: the port is in use`,
    });
    expect(Number(new URL((await serve({ ports: [port, 0] })).url).port)).not.toBe(port);
  });

  it('says when the host is no address of this machine', async () => {
    await expect(serve({ host: '192.0.2.1' })).rejects.toMatchObject({ code: 'PG430', where: '--host' });
  });

  it('reads once for ten pages, and not at all for none', async () => {
    const { url, reader, source } = await serve({ everyMs: 3_600_000 });
    expect(reader.reads).toBe(0);
    const pages = Array.from({ length: 10 }, () => documentsOf(`${url}/events?board=executive&range=run`));
    // All stay open: the last that leaves ends the reading, and one that came behind it would begin another.
    await Promise.all(pages.map((page) => page.next()));
    expect(reader.reads).toBe(1);
    // Two groups of metrics are read in each look.
    expect(source.asked.at).toBeLessThanOrEqual(2);
    await Promise.all(pages.map((page) => page.return(undefined)));
  });
});

describe('who reaches a dashboard', () => {
  it.each([
    ['127.0.0.1', true],
    ['127.8.0.1', true],
    ['::1', true],
    ['localhost', true],
    ['0.0.0.0', false],
    ['::', false],
    ['192.168.1.5', false],
    ['example.org', false],
  ])('%s is loopback: %s', (host, loopback) => {
    expect(isLoopback(host)).toBe(loopback);
  });

  it.each([
    ['127.0.0.1:8234', '127.0.0.1', true],
    ['[::1]:8234', '::1', true],
    ['localhost', '127.0.0.1', true],
    ['192.168.1.5:8234', '127.0.0.1', false],
    ['rebound.example:8234', '127.0.0.1', false],
    ['192.168.1.5:8234', '0.0.0.0', true],
    ['rebound.example:8234', '0.0.0.0', false],
    ['wall.example:8234', 'wall.example', true],
    ['WALL.example:8234', 'wall.example', true],
    ['', '127.0.0.1', false],
    [undefined, '127.0.0.1', false],
    ['127.0.0.1:8234@evil.example', '127.0.0.1', false],
  ])('the Host header %s at --host %s is expected: %s', (header, given, expected) => {
    expect(isExpectedHost(header, given, [])).toBe(expected);
  });

  it.each(['127.0.0.1', '0.0.0.0'])('is reached under the names that were given beside --host %s too', (host) => {
    const expected = (header: string): boolean => isExpectedHost(header, host, ['wall.example', 'Wall.example.org']);
    expect(['wall.example', 'WALL.example:443', 'wall.example.org'].map(expected)).toEqual([true, true, true]);
    expect(['example.org', 'x.wall.example'].map(expected)).toEqual([false, false]);
  });

  it('needs no token on loopback, and has one where it is named', () => {
    expect(requiredToken(here, undefined, {})).toBeUndefined();
    expect(requiredToken(here, 'T', { T: ` ${token}\n` })).toBe(token);
  });

  it('refuses to start for others without a token', () => {
    const refused = (where: string): Error => expect.objectContaining({ code: 'PG431', where }) as Error;
    expect(() => requiredToken({ ...here, host: '0.0.0.0' }, undefined, {})).toThrow(refused('--host'));
    expect(() => requiredToken({ ...here, names: ['wall.example'] }, undefined, {})).toThrow(refused('--name'));
  });

  it.each([
    ['is not set', {}],
    ['is empty', { T: '  ' }],
    ['is too short', { T: 'fifteen-letters' }],
  ])('refuses a token that %s', (_what, env) => {
    expect(() => requiredToken({ ...here, host: '0.0.0.0' }, 'T', env)).toThrow(
      expect.objectContaining({ code: 'PG432' }) as Error
    );
  });
});
