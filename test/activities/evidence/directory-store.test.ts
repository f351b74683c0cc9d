import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createDirectoryStore } from '../../../src/activities/evidence/index.js';
import { testFolder } from '../../support/activities/tools.js';

const file = (folder: string, digest: string): string =>
  join(folder, 'sha256', digest.slice(7, 9), `${digest.slice(9)}.json`);

describe('evidence as files', () => {
  it('gives equal documents one digest and one file, whatever the order of their keys', async () => {
    const folder = testFolder();
    const store = createDirectoryStore(folder);
    const first = await store.put('check', { b: 2, a: [1, { d: undefined, c: null }] });
    const inode = statSync(file(folder, first.digest)).ino;
    expect(await store.put('check', { a: [1, { c: null }], b: 2 })).toEqual(first);
    expect(statSync(file(folder, first.digest)).ino).toBe(inode);
    expect(await store.get(first.digest)).toBe('{"document":{"a":[1,{"c":null}],"b":2},"kind":"check"}');
    expect(first.bytes).toBe(readFileSync(file(folder, first.digest)).length);
  });

  it("is readable by the worker's user alone and leaves no temporary file", async () => {
    const folder = join(testFolder(), 'evidence');
    const { digest } = await createDirectoryStore(folder).put('check', 1);
    const path = file(folder, digest);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect([folder, dirname(path)].map((path) => statSync(path).mode & 0o777)).toEqual([0o700, 0o700]);
    expect(readdirSync(dirname(path))).toHaveLength(1);
  });

  it('many writers of the same document at once all get it', async () => {
    const store = createDirectoryStore(testFolder());
    const refs = await Promise.all(Array.from({ length: 20 }, () => store.put('check', { same: true })));
    expect(new Set(refs.map(({ digest }) => digest)).size).toBe(1);
  });

  it('notices on reading and on writing that a document was altered', async () => {
    const folder = testFolder();
    const store = createDirectoryStore(folder);
    const { digest } = await store.put('check', { verdict: 'FAIL' });
    writeFileSync(file(folder, digest), '{"document":{"verdict":"PASS"},"kind":"check"}');
    await expect(store.get(digest)).rejects.toMatchObject({ code: 'PG311' });
    await expect(store.put('check', { verdict: 'FAIL' })).rejects.toMatchObject({ code: 'PG311' });
  });

  it.each([['sha256:../../etc/passwd'], ['sha256:ABC'], [''], [`sha256:${'0'.repeat(64)}`]])(
    'an unknown or malformed digest is PG310: "%s"',
    async (digest) => {
      await expect(createDirectoryStore(testFolder()).get(digest)).rejects.toMatchObject({ code: 'PG310' });
    }
  );

  it('a store that cannot be written is worth a retry', async () => {
    const folder = testFolder();
    rmSync(folder, { recursive: true });
    mkdirSync(dirname(folder), { recursive: true });
    writeFileSync(folder, 'a file where the folder should be');
    await expect(createDirectoryStore(folder).put('check', 1)).rejects.toMatchObject({
      type: 'PG310',
      nonRetryable: false,
    });
  });

  it('refuses what JSON cannot say instead of losing it', async () => {
    await expect(createDirectoryStore(testFolder()).put('check', { value: Number.NaN })).rejects.toThrow(TypeError);
  });
});
