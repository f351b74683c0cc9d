import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { spawnServer } from '../../../src/client/dev-server/index.js';
import type { SpawnServerOptions } from '../../../src/client/dev-server/index.js';
import { scratchFolder } from '../../support/servers/scratch.js';

const BUILT = path.resolve(import.meta.dirname, '../../../dist/src/client/dev-server/index.js');

/** Some machines take their time to reap a process whose parent died. */
const GONE = { timeout: 20_000, interval: 100 };

/** Serves HTTP on a free port and prints its address, after whatever `extra` does. */
function httpServer(extra = ''): string {
  return `${extra}
    const server = require('node:http').createServer((request, response) => response.end('served'));
    server.listen(0, '127.0.0.1', () => console.log('serving on http://127.0.0.1:' + server.address().port));`;
}

function nodeServer(script: string, overrides: Partial<SpawnServerOptions> = {}): SpawnServerOptions {
  return {
    name: 'The test server',
    command: process.execPath,
    args: ['--eval', script],
    logFile: path.join(scratchFolder(), 'logs/server.log'),
    ready: { line: /serving on (http:\S+)/ },
    ...overrides,
  };
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('a server process', () => {
  it('is handed over when its log says that it serves, with what the log says', async () => {
    const server = await spawnServer(nodeServer(httpServer()));
    const url = server.readyMatch?.[1] ?? '';
    expect(await (await fetch(url)).text()).toBe('served');
    await server.stop();
    expect(runs(server.pid)).toBe(false);
    await expect(server.exited).resolves.toEqual({ code: null, signal: 'SIGTERM' });
  });

  it('is handed over when its address answers', async () => {
    const first = await spawnServer(nodeServer(httpServer()));
    const url = first.readyMatch?.[1] ?? '';
    const second = await spawnServer(nodeServer('setInterval(() => {}, 1000)', { ready: { url } }));
    await Promise.all([first.stop(), second.stop()]);
  });

  it('is not fooled by the log of an earlier start', async () => {
    const options = nodeServer(httpServer());
    const first = await spawnServer(options);
    await first.stop();
    const second = await spawnServer(options);
    expect(second.readyMatch?.[1]).not.toBe(first.readyMatch?.[1]);
    expect(readFileSync(options.logFile, 'utf8').match(/serving/g)).toHaveLength(2);
    await second.stop();
  });

  it('may be stopped twice, and after it ended by itself', async () => {
    const server = await spawnServer(nodeServer(httpServer()));
    process.kill(server.pid, 'SIGKILL');
    await expect(server.exited).resolves.toEqual({ code: null, signal: 'SIGKILL' });
    await server.stop();
    await server.stop();
  });

  it('that ignores SIGTERM is killed, with the children it has', async () => {
    const stubborn = `process.on('SIGTERM', () => {});
      const child = require('node:child_process').spawn(process.execPath, ['--eval', 'setInterval(() => {}, 1000)']);
      console.log('child ' + child.pid);`;
    const server = await spawnServer(nodeServer(httpServer(stubborn)));
    const child = Number(/child (\d+)/.exec(readFileSync(server.logFile, 'utf8'))?.[1]);
    await server.stop(100);
    await expect(server.exited).resolves.toEqual({ code: null, signal: 'SIGKILL' });
    await vi.waitFor(() => expect(runs(child)).toBe(false), GONE);
  });

  it('that ends early is an error with its exit code and the end of its log', async () => {
    const broken = spawnServer(nodeServer("console.error('no disk'); process.exit(3)"));
    await expect(broken).rejects.toMatchObject({
      code: 'PG409',
      message: expect.stringMatching(
        /^The test server ended before it served \(exit code 3\)\. The end of its log:\n {2}no disk$/
      ) as string,
    });
  });

  it('that never serves is stopped, and the error says what the last look saw', async () => {
    const url = 'http://127.0.0.1:1/';
    const silent = spawnServer(
      nodeServer('console.log(process.pid); setInterval(() => {}, 1000)', { ready: { url }, readyTimeoutMs: 500 })
    );
    const error = (await silent.catch((thrown: unknown) => thrown)) as Error;
    expect(error.message).toMatch(/^The test server did not serve within 0\.5 s \(fetch failed\)/);
    expect(runs(Number(/\n {2}(\d+)$/.exec(error.message)?.[1]))).toBe(false);
  });

  it('that cannot be started at all is an error that names the command', async () => {
    const missing = spawnServer(nodeServer('', { command: '/nonexistent/server', args: [] }));
    await expect(missing).rejects.toThrow('The test server could not be started with /nonexistent/server');
  });

  it('ends when the process that started it is killed', async () => {
    const logFile = path.join(scratchFolder(), 'server.log');
    const options = JSON.stringify({ name: 'x', command: process.execPath, args: ['--eval', httpServer()], logFile });
    const parent = spawn(process.execPath, [
      '--input-type=module',
      '--eval',
      `import { spawnServer } from ${JSON.stringify(BUILT)};
       const server = await spawnServer({ ...${options}, ready: { line: /serving on/ } });
       console.log(server.pid);`,
    ]);
    const [output] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(output.toString());
    expect(runs(pid)).toBe(true);
    parent.kill('SIGKILL');
    await vi.waitFor(() => expect(runs(pid)).toBe(false), GONE);
  });
});
