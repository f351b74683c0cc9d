import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTemporal, type TemporalServer } from '../../../src/client/dev-server/index.js';
import { phasegate } from './binary.js';
import { documents } from './documents.js';
import { tempFolder } from '../../../src/client/dev-server/temp-folder.js';

/** A server of its own, since on the shared one the workers of other tests would answer. */
let server: TemporalServer;
let stateDir: string;
beforeAll(async () => {
  stateDir = tempFolder('no-worker');
  server = await startTemporal({ stateDir, ui: false, ignoreConfigured: true, log: () => undefined });
});
afterAll(async () => {
  await server.stop();
  await rm(stateDir, { recursive: true, force: true });
});

const there = () => ({ address: server.address });

describe('while no worker answers', () => {
  it('a run can be started, seen, listed and reported; each says so, and how to start a worker', async () => {
    const { args, environment } = documents('lonely');
    const started = await phasegate(['start', ...args, '--yes', '-q'], there());
    expect([started.code, started.stdout]).toEqual([0, 'migration/lonely/test-plan\n']);
    expect(started.stderr).toContain(
      '! no worker polls phasegate, phasegate-lonely, phasegate-lonely-windows: nothing happens until one does.'
    );
    expect(started.stderr).toContain(`Start one with: phasegate worker --env ${environment}`);

    const status = await phasegate(['status', '--exit-status'], there());
    expect(status.code).toBe(0);
    expect(status.stdout).toContain(
      '! no worker answers: this is what Temporal itself knows. Start one with: phasegate worker --env lonely'
    );
    expect(status.stdout).toContain('· 1a  Core');

    const list = await phasegate(['list'], there());
    expect(list.stdout).toMatch(/lonely\/test-plan +◷ waiting for locks .* dana/);
    expect(list.stderr).toContain('no worker answers');

    const report = await phasegate(['report'], there());
    expect(report.code).toBe(0);
    expect(report.stdout).toContain('> Note: no worker answers');

    const again = await phasegate(['start', ...args, '--yes', '-q'], there());
    expect(again.code).toBe(7);
  });

  it('an answer that is bound to nothing is refused; what needs no gate is kept as a signal', async () => {
    const approve = await phasegate(['approve', '--yes', '--as', 'erin'], there());
    expect(approve.code).toBe(8);
    expect(approve.stderr).toContain('PG402 no worker answers, so it cannot be shown what your answer would be for');
    expect((await phasegate(['attest'], there())).code).toBe(8);

    const pause = await phasegate(['pause', '--reason', 'network', '-o', 'json'], there());
    expect(pause.code).toBe(0);
    expect(JSON.parse(pause.stdout)).toMatchObject({
      how: 'signal',
      text: expect.stringContaining('it counts when a worker is back'),
    });
    expect(pause.stderr).toContain('Start a worker with: phasegate worker --env lonely\n');
  });

  it('the doctor says which task queues nobody polls', async () => {
    const { code, stdout } = await phasegate(['doctor'], there());
    expect(code).toBe(10);
    expect(stdout).toMatch(/✖ fail +worker for phasegate +none/);
    expect(stdout).toContain('phasegate worker --env');
    expect(stdout).toMatch(/✔ ok +search attributes +all 7 are there/);
  });
});
