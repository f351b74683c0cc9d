import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { mkdir, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { builtServer } from '../../../src/client/dev-server/built-server.js';
import { withBuildLock } from '../../../src/client/dev-server/build-lock.js';
import { goProgram } from '../../../src/client/dev-server/go-build.js';
import type { GoProgram } from '../../../src/client/dev-server/go-build.js';
import { scratchFolder, standIn } from '../../support/servers/scratch.js';
import { startContextIn } from '../../support/servers/start-context.js';

const PROGRAM: GoProgram = {
  title: 'test server',
  folder: 'server-v1',
  package: 'example.test/server@v1',
  binary: 'server',
  takes: 'a moment',
};

/** Stands in for `go`: notes its arguments, then runs `body` in the place of a build. */
function goThat(folder: string, body: string) {
  const calls = path.join(folder, 'calls');
  const go = standIn(path.join(folder, 'bin/go'), `echo "$@" >> ${calls}\n${body}`);
  const said: string[] = [];
  const options = {
    go,
    cacheFolder: path.join(folder, 'cache'),
    env: { PATH: '/usr/bin:/bin' },
    log: (line: string) => void said.push(line),
  };
  return { options, said, calls: () => readFileSync(calls, 'utf8').trim().split('\n') };
}

const BUILDS = 'sleep 0.1; echo binary > "$GOBIN/server"';

describe('a program built with Go (a stand-in)', () => {
  it('is built once into the cache, which is said with how long it takes', async () => {
    const { options, said, calls } = goThat(scratchFolder(), BUILDS);
    const built = await goProgram(PROGRAM, options);
    expect(built).toBe(path.join(options.cacheFolder, 'server-v1/server'));
    expect(existsSync(built)).toBe(true);
    expect(await goProgram(PROGRAM, options)).toBe(built);
    expect(calls()).toEqual(['install example.test/server@v1']);
    expect(said[0]).toBe('building the test server from source (example.test/server@v1), once, a moment …');
  });

  it('is built once by two who want it at the same time', async () => {
    const { options, said, calls } = goThat(scratchFolder(), BUILDS);
    const [one, other] = await Promise.all([goProgram(PROGRAM, options), goProgram(PROGRAM, options)]);
    expect(one).toBe(other);
    expect(calls()).toHaveLength(1);
    expect(said).toContain('another process is building the test server; waiting for it');
  });

  it('ends the build when it is given up, and leaves only the log of it', async () => {
    const { options, said } = goThat(scratchFolder(), 'echo half > "$GOBIN/server"; exec sleep 60');
    const giveUp = new AbortController();
    const building = goProgram(PROGRAM, {
      ...options,
      signal: giveUp.signal,
      log: (line) => {
        options.log(line);
        giveUp.abort();
      },
    });
    await expect(building).rejects.toThrow(/go install example\.test\/server@v1 ended with SIGTERM/);
    expect(said).toHaveLength(1);
    expect(readdirSync(options.cacheFolder)).toEqual(['server-v1.build.log']);
  });

  it('leaves only its log behind when the build fails, and says how it ended', async () => {
    const { options } = goThat(scratchFolder(), 'echo half > "$GOBIN/server"; echo "no such module" >&2; exit 1');
    await expect(goProgram(PROGRAM, options)).rejects.toThrow(
      /go install example\.test\/server@v1 ended with 1:\n {2}no such module/
    );
    expect(readdirSync(options.cacheFolder)).toEqual(['server-v1.build.log']);
  });

  it('clears away what a killed build left', async () => {
    const { options } = goThat(scratchFolder(), BUILDS);
    await mkdir(path.join(options.cacheFolder, 'server-v1.partial-killed'), { recursive: true });
    await goProgram(PROGRAM, options);
    expect(readdirSync(options.cacheFolder).toSorted()).toEqual(['server-v1', 'server-v1.build.log']);
  });
});

describe('the lock of a build', () => {
  it('is taken over when its holder has not touched it for half a minute', async () => {
    const file = path.join(scratchFolder(), 'lock');
    await writeFile(file, '');
    const past = new Date(Date.now() - 60_000);
    await utimes(file, past, past);
    await expect(
      withBuildLock(
        file,
        () => {},
        async () => 'built'
      )
    ).resolves.toBe('built');
    expect(existsSync(file)).toBe(false);
  });

  it('is given back when the work fails', async () => {
    const file = path.join(scratchFolder(), 'lock');
    const work = () => Promise.reject(new Error('broken'));
    await expect(withBuildLock(file, () => {}, work)).rejects.toThrow('broken');
    expect(existsSync(file)).toBe(false);
  });
});

describe('building the Temporal server', () => {
  it.each([
    ['go1.25.9', /go1\.25, but Go 1\.26 or newer is needed/],
    ['devel +abc', /does not tell its version/],
  ])('is not begun with a Go that says %s (a stand-in)', async (version, reason) => {
    const folder = scratchFolder();
    standIn(path.join(folder, 'bin/go'), `echo "${version}"`);
    await expect(builtServer.start(await startContextIn(folder))).resolves.toMatchObject({
      reason: expect.stringMatching(reason) as string,
      remedy: 'Install Go 1.26 or newer.',
    });
  });
});
