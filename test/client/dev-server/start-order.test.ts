import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { freePorts, startTemporal } from '../../../src/client/dev-server/index.js';
import type { StartTemporalOptions } from '../../../src/client/dev-server/index.js';
import type { ServerSource, StartContext, TemporalServer } from '../../../src/client/dev-server/start-context.js';
import { scratchFolder } from '../../support/servers/scratch.js';

const server: TemporalServer = {
  address: '127.0.0.1:1',
  namespace: 'default',
  how: 'path',
  pid: 1,
  stop: async () => {},
};

type Behaviour = 'starts' | 'is closed' | 'fails';

/** A way that only pretends; `asked` collects the names of those that were asked to start. */
function way(title: string, behaviour: Behaviour, asked: string[], isAtHand = false): ServerSource {
  return {
    title,
    isAtHand: () => isAtHand,
    start: async () => {
      asked.push(title);
      if (behaviour === 'fails') {
        throw new Error(`${title} broke`);
      }
      return behaviour === 'starts' ? { server } : { reason: `${title} is not here`, remedy: `get ${title}` };
    },
  };
}

async function start(sources: ServerSource[], options: Partial<StartTemporalOptions> = {}) {
  const folder = scratchFolder();
  return startTemporal({ stateDir: folder, env: { HOME: folder }, log: () => {}, sources, ...options });
}

describe('the ways to a Temporal server', () => {
  it('are tried in order until one leads to a server', async () => {
    const asked: string[] = [];
    const sources = [
      way('a', 'is closed', asked),
      way('b', 'fails', asked),
      way('c', 'starts', asked),
      way('d', 'starts', asked),
    ];
    await expect(start(sources)).resolves.toBe(server);
    expect(asked).toEqual(['a', 'b', 'c']);
  });

  it.each(['127.0.0.1', 'localhost'])(
    'are taken where a configured address of this machine (%s) answers nothing: the server begins at its port',
    async (host) => {
      const [port] = await freePorts(1);
      let context: StartContext | undefined;
      const source = {
        ...way('a', 'starts', []),
        start: async (given: StartContext) => ((context = given), { server }),
      };
      const env = { HOME: scratchFolder(), TEMPORAL_ADDRESS: `${host}:${port}`, TEMPORAL_NAMESPACE: 'lab' };
      await start([source], { env });
      expect(context).toMatchObject({ port, namespace: 'lab' });
    }
  );

  it('are not taken for an address elsewhere, and the advice does not lead in a circle', async () => {
    // An address that we never start a server at, and a port that refuses at once.
    const env = { HOME: scratchFolder(), TEMPORAL_ADDRESS: '127.0.0.2:1' };
    const refused = start([way('a', 'starts', [])], { env });
    await expect(refused).rejects.toMatchObject({
      code: 'PG401',
      hint: expect.stringContaining('unset TEMPORAL_ADDRESS') as string,
    });
    await expect(refused).rejects.not.toMatchObject({ hint: expect.stringContaining('phasegate server') as string });
  });

  it('begin with those that need nothing to be fetched', async () => {
    const asked: string[] = [];
    await start([way('download', 'is closed', asked), way('built', 'starts', asked, true)]);
    expect(asked).toEqual(['built']);
  });

  it('are all named, with reason and remedy, when none leads to a server', async () => {
    const failed = start([way('a', 'is closed', []), way('b', 'fails', [])]);
    await expect(failed).rejects.toMatchObject({
      code: 'PG409',
      hint: expect.stringContaining('TEMPORAL_ADDRESS') as string,
    });
    await expect(failed).rejects.toThrow(/- a: a is not here\n {2}get a\n- b: b broke\n/);
  });

  it('are said as they are tried', async () => {
    const lines: string[] = [];
    await start([way('a', 'is closed', []), way('b', 'starts', [])], { log: (line) => lines.push(line) });
    expect(lines).toEqual(['not started with a: a is not here', 'started b: 127.0.0.1:1']);
  });

  it('are not tried at all when a wanted port is taken', async () => {
    const blocker = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void blocker.close());
    await new Promise((resolve) => blocker.once('listening', resolve));
    const { port } = blocker.address() as AddressInfo;
    const asked: string[] = [];
    await expect(start([way('a', 'starts', asked)], { port })).rejects.toThrow(
      `port ${port}, wanted for the Temporal server`
    );
    await expect(start([way('a', 'starts', asked)], { uiPort: port })).rejects.toThrow('wanted for the Temporal UI');
    expect(asked).toEqual([]);
  });
});

describe('a configured Temporal server', () => {
  it('named by TEMPORAL_ADDRESS wins, and is an error rather than a reason to start another one', async () => {
    const asked: string[] = [];
    const env = { TEMPORAL_ADDRESS: '127.0.0.2:1', HOME: scratchFolder() };
    const failed = start([way('a', 'starts', asked)], { env });
    await expect(failed).rejects.toMatchObject({
      code: 'PG401',
      message: expect.stringContaining('127.0.0.2:1') as string,
    });
    expect(asked).toEqual([]);
  });

  it('named by a profile wins too', async () => {
    const [port] = await freePorts(1);
    const file = path.join(scratchFolder(), 'temporal.toml');
    writeFileSync(file, `[profile.staging]\naddress = "127.0.0.1:${port}"\n`);
    const env = { TEMPORAL_CONFIG_FILE: file, TEMPORAL_PROFILE: 'staging' };
    await expect(start([way('a', 'starts', [])], { env })).rejects.toMatchObject({ code: 'PG401' });
  });

  it('named by a profile that does not exist is an error, not a reason to start one', async () => {
    const failed = start([way('a', 'starts', [])], { env: { TEMPORAL_PROFILE: 'nope', HOME: scratchFolder() } });
    await expect(failed).rejects.toMatchObject({ code: 'PG410', message: expect.stringContaining('nope') as string });
  });

  it('is left alone by tests, which ask for a server of their own', async () => {
    const env = { TEMPORAL_ADDRESS: '127.0.0.1:1', HOME: scratchFolder() };
    await expect(start([way('a', 'starts', [])], { env, ignoreConfigured: true })).resolves.toBe(server);
  });
});
