import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { startTemporal, type TemporalServer } from '../../../src/client/dev-server/index.js';
import { tempFolder } from '../../../src/client/dev-server/temp-folder.js';

/**
 * A Temporal server for one test file alone; `stop` removes what it kept, too.
 *
 * @param dynamicConfig what differs from `temporal-dev.yaml`
 */
export async function ownServer(dynamicConfig: Record<string, number> = {}): Promise<TemporalServer> {
  const stateDir = tempFolder('server');
  const settingsFile = path.join(stateDir, 'temporal-dev.yaml');
  const settings = await readFile(path.resolve(import.meta.dirname, '../../../temporal-dev.yaml'), 'utf8');
  const added = Object.entries(dynamicConfig).map(([name, value]) => `  ${name}: ${value}\n`);
  await writeFile(
    settingsFile,
    settings.replace(/^dynamicConfig:\n/m, (line) => `${line}${added.join('')}`)
  );
  const server = await startTemporal({ stateDir, settingsFile, ui: false, ignoreConfigured: true });
  const stop = async (): Promise<void> => {
    await server.stop();
    await rm(stateDir, { recursive: true, force: true });
  };
  return { ...server, stop };
}
