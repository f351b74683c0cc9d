import { existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { downloadServer } from '../../../src/client/dev-server/download-server.js';
import { startTemporal } from '../../../src/client/dev-server/index.js';
import { pathServer } from '../../../src/client/dev-server/path-server.js';
import { scratchFolder, standIn } from '../../support/servers/scratch.js';
import { startContextIn } from '../../support/servers/start-context.js';

/** Stands in for the Temporal CLI: writes its arguments to a file and ends like one that cannot start. */
const FAILING_CLI = (argumentsFile: string) => `
if [ "$1" = --version ]; then echo "temporal version 1.5.1 (Server 1.29.1, UI 2.42.1)"; exit 0; fi
printf '%s\\n' "$@" > ${argumentsFile}
echo "unable to start server: out of luck" >&2
exit 1`;

const sdkVersion = (createRequire(import.meta.url)('@temporalio/testing/package.json') as { version: string }).version;

describe('`temporal` on the PATH (a stand-in)', () => {
  it('gets every setting as a flag', async () => {
    const folder = scratchFolder();
    const argumentsFile = path.join(folder, 'arguments');
    standIn(path.join(folder, 'bin/temporal'), FAILING_CLI(argumentsFile));
    const context = await startContextIn(folder, { port: 20_000, uiPort: 20_001, ui: true, dbFile: '/db.sqlite' });
    await expect(pathServer.start(context)).rejects.toThrow();
    const given = readFileSync(argumentsFile, 'utf8').replaceAll('\n', ' ');
    expect(given).toMatch(/^server start-dev --ip 127\.0\.0\.1 --port 20000 --ui-port 20001 --namespace default /);
    expect(given).toContain('--db-filename /db.sqlite');
    expect(given).toContain('--search-attribute PhasegateAwaiting=KeywordList');
    expect(given).toContain('--dynamic-config-value history.transferProcessorMaxPollRPS=1000');
    expect(given).toContain('--dynamic-config-value history.timerProcessorMaxTimeShift="10ms"');
  });

  it('that ends at once is reported with its exit code and the end of its log', async () => {
    const folder = scratchFolder();
    standIn(path.join(folder, 'bin/temporal'), FAILING_CLI(path.join(folder, 'arguments')));
    await expect(pathServer.start(await startContextIn(folder))).rejects.toThrow(
      /ended before it served \(exit code 1\).*\n {2}unable to start server: out of luck/
    );
  });

  it('that is another program of that name is not started', async () => {
    const folder = scratchFolder();
    standIn(path.join(folder, 'bin/temporal'), 'echo "temporal 3, a calendar"');
    await expect(pathServer.start(await startContextIn(folder))).resolves.toMatchObject({
      reason: expect.stringContaining('is not the Temporal CLI (its version: temporal 3, a calendar)') as string,
    });
  });
});

describe('the Temporal CLI that the SDK downloads', () => {
  it('is used without a download when an earlier start left it in the cache (a stand-in)', async () => {
    const folder = scratchFolder();
    const argumentsFile = path.join(folder, 'arguments');
    standIn(path.join(folder, `cache/phasegate/temporal/cli-of-sdk-${sdkVersion}`), FAILING_CLI(argumentsFile));
    const said: string[] = [];
    const context = await startContextIn(folder, { log: (line) => said.push(line) });
    expect(downloadServer.isAtHand(context)).toBe(true);
    await expect(downloadServer.start(context)).rejects.toThrow('out of luck');
    expect(readFileSync(argumentsFile, 'utf8')).toContain('start-dev');
    expect(said).toEqual([]);
  });

  it('is given up at once when its download is refused, and leaves nothing in the cache', async () => {
    const folder = scratchFolder();
    const context = await startContextIn(folder);
    // A proxy that nobody runs, so that no test ever reaches the network.
    const env = { ...context.env, HTTPS_PROXY: 'http://127.0.0.1:1' };
    const attempt = await downloadServer.start({ ...context, env });
    expect(attempt).toMatchObject({ reason: expect.stringContaining('Connection refused') as string });
    expect(readdirSync(path.join(folder, 'cache/phasegate/temporal'))).toEqual([]);
  });
});

describe('a machine without anything', () => {
  it('is told each thing that was tried and what to install', async () => {
    const folder = scratchFolder();
    mkdirSync(path.join(folder, 'bin'));
    const env = { PATH: path.join(folder, 'bin'), HOME: folder, HTTPS_PROXY: 'http://127.0.0.1:1' };
    const failed = startTemporal({ stateDir: folder, env, log: () => {} });
    await expect(failed).rejects.toThrow(
      /- `temporal` on the PATH: there is none\n.*Install the Temporal CLI[^]*- the Temporal CLI that the SDK downloads: [^]*Connection refused[^]*- the official server, built with Go: there is no `go` on the PATH\n.*Install Go 1\.26/
    );
    expect(existsSync(path.join(folder, '.cache/phasegate/temporal'))).toBe(true);
  });
});
