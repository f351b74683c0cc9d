import { onTestFinished } from 'vitest';
import { Look } from '../../../src/client/dashboard/look.js';
import { packageFolder } from '../../../src/client/cli/package-folder.js';
import { readAssets, type Asset } from '../../../src/client/dashboard/serve/assets.js';
import { serveDashboard, type DashboardServer } from '../../../src/client/dashboard/serve/server.js';
import { Streams } from '../../../src/client/dashboard/serve/streams.js';
import { Door } from '../../../src/client/dashboard/serve/token.js';
import { fakeSource, now, type FakeReader, type FakeSource } from './scene.js';

export interface ServedPages extends DashboardServer {
  source: FakeSource;
  failures: unknown[];
}

export interface PageOptions {
  source?: FakeSource;
  token?: string;
  everyMs?: number;
  host?: string;
  names?: string[];
  ports?: number[];
  /** Default: files that only say their names. */
  assets?: ReadonlyMap<string, Asset>;
}

const names = ['index.html', 'enter.html', 'dashboard.js', 'enter.js', 'theme.js', 'dashboard.css', 'icon.svg'];
const empty = new Map(names.map((name) => [name, { type: 'text/plain', body: Buffer.from(name) }]));

/** The real server with a reader and a metrics source of a test's own; closed when the test ends. */
export async function servePages(reader: FakeReader, options: PageOptions = {}): Promise<ServedPages> {
  const {
    source = fakeSource(),
    token,
    everyMs = 500,
    host = '127.0.0.1',
    names = [],
    ports = [0],
    assets = empty,
  } = options;
  const failures: unknown[] = [];
  const clock = (): number => now;
  const look = new Look({ reader, place: { env: {}, workdir: '.' }, now: clock, open: () => source });
  const streams = new Streams({ look, everyMs, now: clock, failed: (error) => failures.push(error) });
  const server = await serveDashboard({ host, names, ports, door: new Door(token), assets, streams });
  onTestFinished(() => server.close());
  return { ...server, source, failures };
}

/** The same with the pages as they are built. */
export function serveAssets(reader: FakeReader, options: PageOptions = {}): Promise<ServedPages> {
  return servePages(reader, { assets: readAssets(packageFolder()), ...options });
}
