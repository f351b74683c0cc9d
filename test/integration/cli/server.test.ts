import { rm } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePorts } from '../../../src/client/dev-server/index.js';
import { phasegate, Running } from './binary.js';
import { documents } from './documents.js';
import { tempFolder } from '../../../src/client/dev-server/temp-folder.js';

let folder: string;
beforeAll(async () => {
  folder = tempFolder('server');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('server and worker', () => {
  it('run until they are stopped, find each other, and end with 0', async () => {
    const [port] = await freePorts(1);
    const address = `127.0.0.1:${port}`;
    // TEMPORAL_ADDRESS would win over a server of our own.
    const server = new Running(
      ['server', '--no-ui', '--port', String(port), '--state-dir', path.join(folder, 'state')],
      { address: '' }
    );
    let worker: Running | undefined;
    try {
      await server.says('Ctrl-C stops the server');
      expect(server.stdout).toBe(`${address}\n`);

      const { environment } = documents('lonely');
      const state = { XDG_STATE_HOME: path.join(folder, 'home') };
      worker = new Running(['worker', '--env', environment], { address, env: state });
      await worker.says('worker ready: polls phasegate, phasegate-lonely, phasegate-lonely-windows');

      expect(worker.stderr).not.toContain('"level":40');

      const { code, stdout } = await phasegate(['doctor', '--env', environment], { address });
      expect(stdout).toMatch(/✔ ok +worker for phasegate-lonely-windows/);
      expect(code).toBe(0);
    } finally {
      worker?.process.kill('SIGINT');
      if (worker) expect((await worker.ended).code).toBe(0);
      expect(worker?.stderr).toContain('Ctrl-C again ends it at once');
      server.process.kill('SIGINT');
      expect((await server.ended).code).toBe(0);
    }
  });
});
