import { randomUUID } from 'node:crypto';
import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { phasegate, Running } from './binary.js';

/** A port that somebody else listens on. */
async function takenPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

describe('phasegate worker that cannot begin', () => {
  it('says which profile of the Temporal configuration it did not find, and ends', async () => {
    const { code, stderr } = await phasegate(['worker', '--env', 'demo', '--profile', 'nope']);
    expect(stderr).toMatch(/PG410/);
    expect(stderr).toContain('nope');
    expect(stderr).not.toContain('fault of phasegate');
    expect(code).not.toBe(0);
  });

  it('says that the health port is taken, and ends', async () => {
    const port = await takenPort();
    const { code, stderr } = await phasegate(['worker', '--env', 'demo', '--health-port', String(port)]);
    expect(stderr).toMatch(/PG409/);
    expect(stderr).toContain(`port ${port}`);
    expect(stderr).toContain('--health-port');
    expect(code).not.toBe(0);
  });

  it.each([
    // TEST-NET-1 and the domain of names that are never given: nobody has them.
    ['192.0.2.1', /EADDRNOTAVAIL/],
    ['worker.invalid', /ENOTFOUND|EAI_AGAIN/],
  ])('says that the health host %s is none of this machine, and what to type instead', async (host, reason) => {
    const { code, stderr } = await phasegate(['worker', '--env', 'demo', '--health-host', host]);
    expect(stderr).toContain(`PG409 the health endpoint cannot listen on ${host}, port 0: `);
    expect(stderr).toMatch(reason);
    expect(stderr).toContain('(--health-host)');
    expect(stderr).toContain(
      'Name an address of this machine: --health-host 127.0.0.1, or --health-host 0.0.0.0 for all of them.'
    );
    expect(code).toBe(8);
  });

  it('says that no Temporal server answers, where it looked and who named that place', async () => {
    const address = `127.0.0.1:${await takenPort()}`;
    const { code, stderr } = await phasegate(['worker', '--env', 'demo'], { address });
    expect(stderr).toMatch(/PG401/);
    expect(stderr).toContain(`${address} (from TEMPORAL_ADDRESS)`);
    expect(code).toBe(8);
  });

  it('refuses a port that is none', async () => {
    const { code, stderr } = await phasegate(['worker', '--env', 'demo', '--health-port', '99999']);
    expect(stderr).toContain('up to 65535');
    expect(code).toBe(2);
  });

  it('refuses an empty host, which would be every address of the machine', async () => {
    const { code, stderr } = await phasegate(['worker', '--env', 'demo', '--health-host', '']);
    expect(stderr).toContain('Name an address of this machine');
    expect(code).toBe(2);
  });
});

describe('the health endpoint of phasegate worker', () => {
  it.each([
    ['this machine alone', [], '127.0.0.1'],
    ['whom --health-host lets in', ['--health-host', '0.0.0.0'], '0.0.0.0'],
  ])('is there for %s', async (_, options, host) => {
    const worker = new Running(['worker', '--env', `health-${randomUUID().slice(0, 8)}`, '--no-workflows', ...options]);
    onTestFinished(async () => {
      worker.process.kill('SIGTERM');
      await worker.ended;
    });
    await worker.says(/worker ready/);
    const [, address, port] = /health http:\/\/([\d.]+):(\d+)/.exec(worker.stderr) ?? [];
    expect(address).toBe(host);
    const response = await fetch(`http://127.0.0.1:${port}/metrics`);
    expect(await response.text()).toContain('phasegate_worker_ready 1');
  });
});
