import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { FlagdCore } from '@openfeature/flagd-core';
import { describe, expect, it } from 'vitest';
import { createFlagdProvider } from '../../../src/activities/flags/flagd/flagd-provider.js';
import { compile } from '../../support/activities/compile.js';
import { flagdFixture, flagsText, flagText } from '../../support/activities/flagd-file.js';
import { testFolder, testTools } from '../../support/activities/tools.js';

const key = 'ENABLE_X';
const variants = { on: true, off: false };
const source = { provider: 'flagd', file: 'flags.json' } as const;

/** How many of 5,000 users the official evaluator gives the flag to, and whether it does to these. */
function evaluate(text: string, users: string[] = []): { share: number; users: boolean[]; anonymous: boolean } {
  const core = new FlagdCore();
  core.setConfigurations(text);
  const has = (context: Record<string, string>): boolean => core.resolveBooleanEvaluation(key, false, context).value;
  const on = Array.from({ length: 5000 }, (_, index) => has({ targetingKey: `u${index}` })).filter(Boolean).length;
  return { share: on / 50, users: users.map((user) => has({ targetingKey: user })), anonymous: has({}) };
}

/** A provider whose waits take no time. */
function outOfPatience(tools: ReturnType<typeof testTools>): ReturnType<typeof createFlagdProvider> {
  let now = Date.now();
  tools.clock = { now: () => now, sleep: (ms) => Promise.resolve(void (now += ms)) };
  return createFlagdProvider(source, tools, () => undefined);
}

describe('writing a flag in a flagd file', () => {
  it.each([
    [{ enabled: true, percent: 5, include: ['tester'] }, 5, true, false],
    [{ enabled: true, percent: 0.5, include: ['tester'] }, 0.5, true, false],
    [{ enabled: true, percent: 50 }, 50, undefined, false],
    [{ enabled: true, percent: 100, include: ['tester'] }, 100, true, true],
    [{ enabled: true, percent: 0, include: ['tester'] }, 0, true, false],
    [{ enabled: false, percent: 0, include: [] }, 0, false, false],
  ])(
    '%j gives it to those users in the official evaluator, and reads back so',
    async (wish, share, tester, anonymous) => {
      const { provider, text } = flagdFixture();
      await provider.write(key, wish, 'k1');
      const seen = evaluate(text(), ['tester']);
      expect(Math.abs(seen.share - share)).toBeLessThan(share === 0 || share === 100 ? 0.05 : 1);
      if (tester !== undefined) expect(seen.users).toEqual([tester]);
      expect(seen.anonymous).toBe(anonymous);
      const state = await provider.read(key);
      expect(state).toMatchObject({ exists: true, include: [], ...wish });
      expect((await provider.observe(state)).problem).toBeUndefined();
    }
  );

  it('takes the flag from nobody as the share rises', async () => {
    const { provider, text } = flagdFixture();
    const holders = (): Set<string> => {
      const core = new FlagdCore();
      core.setConfigurations(text());
      const users = Array.from({ length: 2000 }, (_, index) => `u${index}`);
      return new Set(users.filter((user) => core.resolveBooleanEvaluation(key, false, { targetingKey: user }).value));
    };
    let before = new Set<string>();
    for (const percent of [2.5, 5, 25, 50, 100]) {
      await provider.write(key, { enabled: true, percent }, 'k1');
      const now = holders();
      expect([...before].filter((user) => !now.has(user))).toEqual([]);
      before = now;
    }
  });

  it('keeps who is included when the change does not say', async () => {
    const { provider } = flagdFixture();
    await provider.write(key, { enabled: true, percent: 5, include: ['tester', 'eve'] }, 'k1');
    await provider.write(key, { enabled: true, percent: 25 }, 'k2');
    expect(await provider.read(key)).toMatchObject({ percent: 25, include: ['tester', 'eve'] });
  });

  it('changes not one byte outside the definition, and keeps its unknown fields', async () => {
    const { provider, text, flag } = flagdFixture();
    await provider.write(key, { enabled: true, percent: 5, include: ['tester'] }, 'k1');
    const [before, after] = [flagsText.split(`"${key}": `), text().split(`"${key}": `)];
    expect(after[0]).toBe(before[0]);
    expect(after[1]?.slice(after[1].indexOf('"$evaluators"'))).toBe(
      before[1]?.slice(before[1].indexOf('"$evaluators"'))
    );
    expect(flag()).toMatchObject({ metadata: { owner: 'chat-team' }, 'x-comment': 'temporary', variants });
    expect(text()).toContain('\n            "state": "ENABLED",');
  });

  it('that is so already does not touch the file', async () => {
    const { provider, file } = flagdFixture();
    await provider.write(key, { enabled: true, percent: 5, include: ['a', 'b'] }, 'k1');
    const before = statSync(file);
    expect(await provider.write(key, { enabled: true, percent: 5, include: ['b', 'a'] }, 'k1')).toBe(false);
    expect(statSync(file).ino).toBe(before.ino);
  });

  it('off is said by the default variant, since DISABLED leaves it to the callers', async () => {
    const { provider, flag } = flagdFixture(flagText({ state: 'DISABLED', variants, defaultVariant: 'on' }));
    expect(await provider.read(key)).toMatchObject({ enabled: false });
    await provider.write(key, { enabled: false, percent: 0, include: [] }, 'k1');
    expect(flag()).toEqual({ state: 'ENABLED', variants, defaultVariant: 'off' });
  });

  it('keeps the permissions of the file and a link that leads to it', async () => {
    const { provider, file, tools } = flagdFixture();
    const real = join(tools.workdir, 'real.json');
    renameSync(file, real);
    chmodSync(real, 0o640);
    symlinkSync(real, file);
    await provider.write(key, { enabled: true, percent: 5 }, 'k1');
    expect(statSync(real).mode & 0o777).toBe(0o640);
    expect(await provider.read(key)).toMatchObject({ percent: 5 });
    expect(readdirSync(tools.workdir).filter((name) => /lock|tmp/.test(name))).toEqual([]);
  });

  it('two processes that write different flags at once lose no update', async () => {
    const workdir = testFolder();
    const flags = {
      A: { state: 'ENABLED', variants, defaultVariant: 'off' },
      B: { state: 'ENABLED', variants, defaultVariant: 'off' },
    };
    writeFileSync(join(workdir, 'flags.json'), JSON.stringify({ flags }));
    const writer = await compile('test/support/activities/flag-writer.ts');
    const write = (flag: string): Promise<unknown> =>
      new Promise((resolve) =>
        spawn(process.execPath, [writer, workdir, flag], { stdio: 'inherit' }).once('exit', resolve)
      );
    expect(await Promise.all([write('A'), write('B')])).toEqual([0, 0]);
    const reader = createFlagdProvider(source, testTools({ workdir }), () => undefined);
    expect([await reader.read('A'), await reader.read('B')]).toMatchObject([{ percent: 40 }, { percent: 40 }]);
  }, 30_000);

  it('takes over the lock of a process that died, and waits for one of another host', async () => {
    const { provider, file, tools } = flagdFixture();
    const dead = { nonce: 'n', host: hostname(), boot: 'before the last boot', pid: 1, start: '0' };
    writeFileSync(`${file}.lock`, JSON.stringify(dead));
    expect(await provider.write(key, { enabled: true, percent: 5 }, 'k1')).toBe(true);
    writeFileSync(`${file}.lock`, JSON.stringify({ ...dead, host: 'elsewhere' }));
    await expect(outOfPatience(tools).write(key, { enabled: true, percent: 6 }, 'k1')).rejects.toMatchObject({
      type: 'PG301',
      nonRetryable: false,
      message: expect.stringContaining('locked by process 1 of elsewhere') as string,
    });
    // By then it is of a container that has come back under another name.
    const twoMinutesAgo = Date.now() / 1000 - 120;
    utimesSync(`${file}.lock`, twoMinutesAgo, twoMinutesAgo);
    expect(await provider.write(key, { enabled: true, percent: 6 }, 'k1')).toBe(true);
  });

  it.each([
    ['while it waits', (signal?: AbortSignal) => signal?.throwIfAborted()],
    ['in the moment in which the lock is free', () => undefined],
  ])('writes nothing when it was called off %s: its undo may be done already', async (_, slept) => {
    const { file, text, tools } = flagdFixture();
    const before = text();
    writeFileSync(`${file}.lock`, JSON.stringify({ nonce: 'n', host: 'elsewhere', boot: 'b', pid: 1, start: '0' }));
    const calledOff = new AbortController();
    tools.clock = {
      now: () => Date.now(),
      sleep: async (_ms, signal) => {
        rmSync(`${file}.lock`);
        calledOff.abort(new Error('called off'));
        slept(signal);
      },
    };
    const provider = createFlagdProvider(source, tools, () => undefined, calledOff.signal);
    await expect(provider.write(key, { enabled: true, percent: 5 }, 'k1')).rejects.toThrow('called off');
    expect(text()).toBe(before);
    expect(readdirSync(tools.workdir).filter((name) => /lock|tmp/.test(name))).toEqual([]);
  });

  it.each([
    ['is empty', ''],
    ['was cut short', '{"nonce":"n","host"'],
    ['says nothing that we know', '{"nonce":7}'],
  ])('takes over an old lock that %s, and waits for a new one', async (_, damaged) => {
    const { provider, file, tools } = flagdFixture();
    const lock = `${file}.lock`;
    const written = (secondsAgo: number): void => {
      writeFileSync(lock, damaged);
      utimesSync(lock, Date.now() / 1000 - secondsAgo, Date.now() / 1000 - secondsAgo);
    };
    written(100);
    expect(await provider.write(key, { enabled: true, percent: 5 }, 'k1')).toBe(true);
    expect(readdirSync(tools.workdir).filter((name) => name.includes('lock'))).toEqual([]);
    const waiting = outOfPatience(tools);
    const since = tools.clock.now();
    written(2);
    expect(await waiting.write(key, { enabled: true, percent: 6 }, 'k1')).toBe(true);
    // On a clock that only its waiting moves on.
    expect(tools.clock.now()).toBeGreaterThan(since + 7_000);
    written(-100);
    await expect(outOfPatience(tools).write(key, { enabled: true, percent: 7 }, 'k1')).rejects.toMatchObject({
      type: 'PG301',
      message: expect.stringMatching(
        /locked by a lock file that does not say whose it is .*flags\.json\.lock/
      ) as string,
    });
    expect(existsSync(lock)).toBe(true);
  });

  it('says of a lock that cannot be read where it is and what to do', async () => {
    const { file, tools } = flagdFixture();
    mkdirSync(`${file}.lock`);
    await expect(outOfPatience(tools).write(key, { enabled: true, percent: 6 }, 'k1')).rejects.toMatchObject({
      type: 'PG301',
      message: expect.stringMatching(/cannot be read: EISDIR .*flags\.json\.lock.*delete the lock file/) as string,
    });
  });

  it.each([
    [
      'by this version',
      JSON.stringify({ nonce: 'm', host: hostname(), boot: 'before the last boot', pid: 1, start: '0' }),
    ],
    ['by an earlier one', ''],
  ])('is not held up by one who was killed while taking a lock over, %s', async (_, taking) => {
    const { provider, file, tools } = flagdFixture();
    const dead = { nonce: 'n', host: hostname(), boot: 'before the last boot', pid: 1, start: '0' };
    writeFileSync(`${file}.lock`, JSON.stringify(dead));
    writeFileSync(`${file}.lock.taken-n`, taking);
    utimesSync(`${file}.lock.taken-n`, 1000, 1000);
    expect(await provider.write(key, { enabled: true, percent: 5 }, 'k1')).toBe(true);
    expect(readdirSync(tools.workdir).filter((name) => name.includes('lock'))).toEqual([]);
  });
});

describe('restoring a flag in a flagd file', () => {
  it('puts the captured text back, byte for byte, and a second time changes nothing', async () => {
    const { provider, text } = flagdFixture();
    const before = await provider.read(key);
    await provider.write(key, { enabled: true, percent: 5, include: ['tester'] }, 'k1');
    expect(await provider.restore(before)).toBe(true);
    expect(text()).toBe(flagsText);
    expect(await provider.restore(before)).toBe(false);
  });

  it.each([
    ['switched off with a rule of its own', { state: 'DISABLED', variants, defaultVariant: 'on', targeting: {} }],
    ['on for everybody', { state: 'ENABLED', variants, defaultVariant: 'on' }],
    [
      'a share by another hand',
      {
        state: 'ENABLED',
        variants,
        defaultVariant: 'off',
        targeting: {
          fractional: [
            ['off', 3],
            ['on', 1],
          ],
        },
      },
    ],
  ])('works for one that was %s', async (_, definition) => {
    const { provider, flag } = flagdFixture(flagText(definition));
    const before = await provider.read(key);
    await provider.write(key, { enabled: true, percent: 10 }, 'k1');
    await provider.restore(before);
    expect(flag()).toEqual(definition);
  });

  it('brings back one that somebody deleted since', async () => {
    const { provider, file, text, flag } = flagdFixture();
    const before = await provider.read(key);
    writeFileSync(
      file,
      '{ "flags": { "OTHER": { "state": "ENABLED", "variants": {"a": 1}, "defaultVariant": "a" } } }'
    );
    expect(await provider.restore(before)).toBe(true);
    expect(flag()).toMatchObject({ defaultVariant: 'off', 'x-comment': 'temporary' });
    expect(JSON.parse(text())).toHaveProperty('flags.OTHER');
    writeFileSync(file, '{"flags":{}}');
    await provider.restore(before);
    expect(await provider.read(key)).toMatchObject({ enabled: false });
  });
});

describe('what cannot be asked or understood', () => {
  it.each([
    ['a missing file', undefined, 'PG301', false, 'cannot be read'],
    ['garbage', 'not json {', 'PG312', false, 'cannot be understood'],
    ['half a file', flagsText.slice(0, 200), 'PG312', false, 'cannot be understood'],
    ['a list instead of flags', '{"flags":[]}', 'PG312', false, '"flags" is a list'],
    ['no flags', '{}', 'PG312', false, 'it has no "flags"'],
    ['null', 'null', 'PG312', false, 'it has no "flags"'],
    [
      'a definition that the evaluator refuses',
      flagText({ state: 'PERHAPS', variants }),
      'PG312',
      false,
      'invalid flagd',
    ],
    ['an unknown flag', '{"flags":{}}', 'PG302', true, 'flag ENABLE_X does not exist'],
    [
      'a flag of words',
      flagText({ state: 'ENABLED', variants: { a: 'x', b: 'y' }, defaultVariant: 'a' }),
      'PG312',
      true,
      'not one true and one false',
    ],
    [
      'a rule of another kind',
      flagText({
        state: 'ENABLED',
        variants,
        defaultVariant: 'off',
        targeting: { if: [{ ends_with: [{ var: 'email' }, '@x'] }, 'on', 'off'] },
      }),
      'PG312',
      true,
      'more than a list of users',
    ],
    ['no default variant', flagText({ state: 'ENABLED', variants }), 'PG312', true, 'no default variant'],
  ])('%s is refused with its own code', async (_, text, type, nonRetryable, words) => {
    const { provider, file } = flagdFixture(text ?? '{}');
    if (text === undefined) rmSync(file);
    const failure = { type, nonRetryable, message: expect.stringContaining(words) as string };
    await expect(provider.read(key)).rejects.toMatchObject(failure);
    await expect(provider.write(key, { enabled: true, percent: 5 }, 'k')).rejects.toMatchObject(failure);
  });

  it('a definition that the evaluator would refuse is never written', async () => {
    const { provider, text } = flagdFixture();
    const off = { type: 'flag', key, exists: true, enabled: false, percent: 0 } as const;
    const restore = provider.restore({ ...off, include: [], native: { definition: '{"state":"NO"}' } });
    await expect(restore).rejects.toMatchObject({ type: 'PG312' });
    expect(text()).toBe(flagsText);
  });
});

describe('observing through the official evaluator', () => {
  it('finds a share, included users and callers without a key that are not as the state says', async () => {
    const { provider } = flagdFixture();
    await provider.write(key, { enabled: true, percent: 25, include: ['tester'] }, 'k1');
    const state = await provider.read(key);
    expect(await provider.observe(state)).toEqual({
      found: expect.stringMatching(/^2\d\.\d % .* and tester$/) as string,
    });
    expect((await provider.observe({ ...state, percent: 50 })).problem).toContain('not 50 %');
    const more = { ...state, include: ['tester', ...Array.from({ length: 20 }, (_, index) => `other-${index}`)] };
    expect((await provider.observe(more)).problem).toMatch(/^the included other-.* do not have it$/);
    expect((await provider.observe({ ...state, enabled: false })).problem).toContain('not 0 %');
  });

  it('everybody by a fractional rule leaves out callers without a key, and that is a problem', async () => {
    const definition = { state: 'ENABLED', variants, defaultVariant: 'off', targeting: { fractional: [['on', 100]] } };
    const { provider } = flagdFixture(flagText(definition));
    const state = await provider.read(key);
    expect(state).toMatchObject({ percent: 100 });
    expect((await provider.observe(state)).problem).toBe('callers without a targeting key do not have it');
  });

  it('a rule that the evaluator cannot run is a problem, not an "off"', async () => {
    const broken = flagText({
      state: 'ENABLED',
      variants,
      defaultVariant: 'off',
      targeting: { no_such_operator: [1] },
    });
    const { provider } = flagdFixture(broken);
    const off = { type: 'flag', key, exists: true, enabled: false, percent: 0, include: [] } as const;
    expect((await provider.observe({ ...off, include: [] })).problem).toContain('the evaluator answers ERROR');
  });
});
