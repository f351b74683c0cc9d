import path from 'node:path';
import { loadTemporalSettings } from '../../../src/client/dev-server/settings.js';
import type { StartContext } from '../../../src/client/dev-server/start-context.js';

/** What a way of starting a server is told, for tests of one way alone; everything lies below `folder`. */
export async function startContextIn(folder: string, overrides: Partial<StartContext> = {}): Promise<StartContext> {
  return {
    settings: await loadTemporalSettings(),
    namespace: 'default',
    port: undefined,
    uiPort: undefined,
    ui: false,
    dbFile: undefined,
    stateDir: folder,
    env: { PATH: path.join(folder, 'bin'), HOME: folder, XDG_CACHE_HOME: path.join(folder, 'cache') },
    log: () => {},
    ...overrides,
  };
}
