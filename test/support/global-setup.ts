import { rm } from 'node:fs/promises';
import type { TestProject } from 'vitest/node';
import { loadTemporalSettings, startTemporal } from '../../src/client/dev-server/index.js';
import { prepareNamespace } from '../../src/client/dev-server/prepare-namespace.js';
import { tempFolder } from '../../src/client/dev-server/temp-folder.js';
import { until } from './until.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** `host:port` of the Temporal server that all integration tests share. */
    temporalAddress: string;
    /** One for each process that runs tests at the same time. */
    temporalNamespaces: string[];
  }
}

/**
 * Starts one Temporal server for all integration tests, with a namespace for each file that runs at the same time: tasks that
 * a worker of another file takes while it leaves are lost for 10 s. Tests of a file keep apart by their workflow ids.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const stateDir = tempFolder('temporal');
  const server = await startTemporal({ stateDir, ui: false, ignoreConfigured: true });
  project.provide('temporalAddress', server.address);
  const { maxWorkers } = project.vitest.config;
  // A process that is ending still has its number when the next one begins.
  const namespaces = Array.from({ length: 2 * maxWorkers }, (_, slot) => `tests-${slot + 1}`);
  const settings = await loadTemporalSettings();
  await Promise.all(
    namespaces.map((namespace) =>
      until(`the namespace ${namespace}`, () => prepareNamespace(server.address, namespace, settings).then(() => true))
    )
  );
  project.provide('temporalNamespaces', namespaces);
  return async () => {
    await server.stop();
    await rm(stateDir, { recursive: true, force: true });
  };
}
