import { onTestFinished } from 'vitest';
import { Look } from '../../../src/client/dashboard/look.js';
import { readAssets } from '../../../src/client/dashboard/serve/assets.js';
import { serveDashboard, type DashboardServer } from '../../../src/client/dashboard/serve/server.js';
import { Streams } from '../../../src/client/dashboard/serve/streams.js';
import { Door } from '../../../src/client/dashboard/serve/token.js';
import { packageFolder } from '../../../src/client/cli/package-folder.js';
import { now } from './scene.js';
import { fakeSource, type FakeReader, type FakeSource } from './scene.js';

export interface ServedPages extends DashboardServer {
  source: FakeSource;
  failures: unknown[];
}

/** The real server with a reader and a metrics source of a test's own; closed when the test ends. */
export async function servePages(
  reader: FakeReader,
  { source = fakeSource(), token, everyMs = 500, host = '127.0.0.1' }: { source?: FakeSource; token?: string; everyMs?: number; host?: string } = {} // prettier-ignore
): Promise<ServedPages> {
  const failures: unknown[] = [];
  const clock = (): number => now;
  const look = new Look({ reader, place: { env: {}, workdir: '.' }, now: clock, open: () => source });
  const streams = new Streams({ look, everyMs, now: clock, failed: (error) => failures.push(error) });
  const server = await serveDashboard({ host, ports: [0], door: new Door(token), assets: readAssets(packageFolder()), streams }); // prettier-ignore
  onTestFinished(() => server.close());
  return { ...server, source, failures };
}
