import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { builtServer } from '../../../src/client/dev-server/built-server.js';
import { LOOPBACK, startTemporal } from '../../../src/client/dev-server/index.js';
import type { StartTemporalOptions } from '../../../src/client/dev-server/index.js';
import { searchAttributes } from '../../../src/plan/search-attributes.js';
import { needs } from '../../support/needs.js';
import { scratchFolder } from '../../support/servers/scratch.js';

/** Building takes minutes on a machine where nothing is cached yet. */
const TIMEOUT_MS = 20 * 60_000;

async function startBuilt(options: StartTemporalOptions) {
  needs('go', 'install Go 1.26 or newer');
  const server = await startTemporal({ ignoreConfigured: true, sources: [builtServer], log: () => {}, ...options });
  onTestFinished(() => server.stop());
  const connection = await Connection.connect({ address: server.address });
  onTestFinished(() => connection.close());
  return { server, connection, client: new Client({ connection, namespace: server.namespace }) };
}

/** The processes whose command line mentions `text`. */
function processesWith(text: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(text);
    } catch {
      return false;
    }
  });
}

describe('the official server, built with Go', { timeout: TIMEOUT_MS }, () => {
  it('has the namespace, its retention and the search attributes when it is handed over', async () => {
    const { server, connection } = await startBuilt({ stateDir: scratchFolder(), ui: false, namespace: 'elsewhere' });
    expect(server).toMatchObject({ namespace: 'elsewhere', how: 'built' });
    expect(server.uiUrl).toBeUndefined();
    expect(server.address).toMatch(`${LOOPBACK}:`);
    const { config } = await connection.workflowService.describeNamespace({ namespace: 'elsewhere' });
    expect(Number(config?.workflowExecutionRetentionTtl?.seconds)).toBe(90 * 86_400);
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace: 'elsewhere' });
    expect(Object.keys(customAttributes).toSorted()).toEqual(
      Object.values(searchAttributes)
        .map(({ name }) => name)
        .toSorted()
    );
  });

  it('serves the Web UI, and leaves no process behind when it is stopped', async () => {
    const stateDir = scratchFolder();
    const { server } = await startBuilt({ stateDir });
    const page = await fetch(`${server.uiUrl}/api/v1/namespaces/default`);
    expect(await page.json()).toMatchObject({ namespaceInfo: { name: 'default' } });
    expect(processesWith(stateDir)).toHaveLength(2);
    await server.stop();
    expect(processesWith(stateDir)).toEqual([]);
  });

  it('is usable, and again after it was killed, with the runs of its database', async () => {
    const folder = scratchFolder();
    const options = { stateDir: folder, ui: false, dbFile: path.join(folder, 'state/temporal.sqlite') };
    const first = await startBuilt(options);
    const run = await first.client.workflow.start('nobody-runs-this', {
      workflowId: 'kept',
      taskQueue: 'nobody',
      typedSearchAttributes: [{ key: searchAttributes.plan, value: 'the-plan' }],
    });
    process.kill(first.server.pid!, 'SIGKILL');
    await first.server.exited;

    const second = await startBuilt({ ...options, stateDir: path.join(folder, 'other') });
    const kept = await second.client.workflow.getHandle('kept').describe();
    expect(kept).toMatchObject({ runId: run.firstExecutionRunId, status: { name: 'RUNNING' } });
    expect(kept.typedSearchAttributes.get(searchAttributes.plan)).toBe('the-plan');
  });

  it('that cannot start says so with the end of its log', async () => {
    const stateDir = scratchFolder();
    const dbFile = path.join(stateDir, 'temporal.sqlite');
    writeFileSync(dbFile, 'this is a letter, not a database '.repeat(100));
    await expect(startBuilt({ stateDir, ui: false, dbFile })).rejects.toThrow(
      /built with Go: The Temporal server ended before it served \(exit code \d+\)\. The end of its log:\n[^]*file is not a database/
    );
  });
});
