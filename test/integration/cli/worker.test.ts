import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { phasegate } from './binary.js';

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
    expect(code).not.toBe(0);
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
});
