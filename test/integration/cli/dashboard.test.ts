import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { firstDocument } from '../../support/dashboard/documents.js';
import { phase, plan } from '../../support/stage/plans.js';
import type { Stage } from '../../support/stage/stage.js';
import { phasegate, Running } from './binary.js';
import { onCliStage } from './cli-stage.js';

let stage: Stage;
let run: string;
onCliStage((fresh, name) => {
  stage = fresh;
  run = name;
});

async function ended(): Promise<void> {
  await (await stage.start(plan([phase('1a')]))).result();
}

describe('phasegate dashboard', () => {
  it('says that there is no such run', async () => {
    const { code, stderr } = await phasegate(['dashboard', 'no-such-run']);
    expect([code, stderr]).toEqual([6, expect.stringContaining('PG403')]);
  });

  it('says that the server is away', async () => {
    const { code, stderr } = await phasegate(['dashboard', run], { address: '127.0.0.1:1' });
    expect([code, stderr]).toEqual([8, expect.stringContaining('PG401')]);
  });

  it('refuses to be reached by others without a token, before it looks at anything', async () => {
    const { code, stderr } = await phasegate(['dashboard', run, '--host', '0.0.0.0'], { address: '127.0.0.1:1' });
    expect([code, stderr]).toEqual([2, expect.stringMatching(/PG431 0\.0\.0\.0 is reached .*--token-env NAME/s)]);
  });

  it.each([
    ['is not there', {}, 'is not set, or empty'],
    ['is too short', { DASHBOARD_TOKEN: 'short' }, 'has fewer than 16 characters'],
  ])('refuses a token that %s', async (_what, env, why) => {
    const { code, stderr } = await phasegate(['dashboard', run, '--token-env', 'DASHBOARD_TOKEN'], { env });
    expect([code, stderr]).toEqual([2, expect.stringContaining(`PG432 the variable DASHBOARD_TOKEN ${why}`)]);
    expect(stderr).not.toContain('short (');
  });

  it.each(['0', '65536', 'eighty'])('refuses %s as a port', async (port) => {
    const { code, stderr } = await phasegate(['dashboard', run, '--port', port]);
    expect([code, stderr]).toEqual([2, expect.stringContaining('PG407')]);
  });

  it('says that the port is in use', async () => {
    await ended();
    const other = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void other.close());
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const { code, stderr } = await phasegate(['dashboard', run, '--port', String(port)]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(`PG430 the dashboard cannot listen on 127.0.0.1:${port}: the port is in use`)]); // prettier-ignore
  });

  it('shows the end of a run that has ended, asks for its token, and stops in order', async () => {
    await ended();
    const token = 'a-token-of-some-length';
    const serving = new Running(['dashboard', run, '--token-env', 'DASHBOARD_TOKEN'], { env: { DASHBOARD_TOKEN: token } }); // prettier-ignore
    onTestFinished(() => void serving.process.kill('SIGKILL'));
    await serving.says('Ctrl-C stops the pages');
    expect(serving.stderr).not.toContain(token);
    const url = serving.stdout.trim();
    const events = `${url}/events?board=executive&range=run`;
    expect((await fetch(events)).status).toBe(401);
    const { head } = await firstDocument(events, { headers: { authorization: `Bearer ${token}` } });
    expect(head.sentence).toMatch(/^completed: /);
    serving.process.kill('SIGTERM');
    expect(await serving.ended).toMatchObject({ code: 0 });
  });

  it('ends when its time is over', async () => {
    await ended();
    const { code } = await phasegate(['dashboard', run, '--timeout', '2s']);
    expect(code).toBe(124);
  });
});
