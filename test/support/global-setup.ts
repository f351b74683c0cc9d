import { rm } from 'node:fs/promises';
import type { TestProject } from 'vitest/node';
import { startTemporal } from '../../src/client/dev-server/index.js';
import { tempFolder } from '../../src/client/dev-server/temp-folder.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** `host:port` of the Temporal server that all integration tests share. */
    temporalAddress: string;
    temporalNamespace: string;
  }
}

/** Starts one Temporal server for all integration tests. Tests keep apart by their own task queues and workflow ids. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const stateDir = tempFolder('temporal');
  const server = await startTemporal({ stateDir, ui: false, ignoreConfigured: true });
  project.provide('temporalAddress', server.address);
  project.provide('temporalNamespace', server.namespace);
  return async () => {
    await server.stop();
    await rm(stateDir, { recursive: true, force: true });
  };
}
