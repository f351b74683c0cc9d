import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeAll } from '../../../src/client/monitoring/write-files.js';
import { scratchFolder } from '../../support/servers/scratch.js';

const files = new Map([
  ['a.yml', 'a: 1\n'],
  ['deep/b.json', '{}\n'],
]);
const changed = new Map([
  ['a.yml', 'a: 2\n'],
  ['deep/b.json', '[]\n'],
]);

function read(folder: string): string[] {
  return ['a.yml', 'deep/b.json'].map((name) => readFileSync(path.join(folder, name), 'utf8'));
}

describe('files that are rendered', () => {
  it('are written into a folder that is made, and written anew over what was written before', () => {
    const folder = path.join(scratchFolder(), 'new/one');
    writeAll(folder, files, false);
    expect(read(folder)).toEqual(['a: 1\n', '{}\n']);
    writeAll(folder, changed, false);
    expect(read(folder)).toEqual(['a: 2\n', '[]\n']);
    expect(readdirSync(folder).toSorted()).toEqual(['.phasegate-render.json', 'a.yml', 'deep']);
  });

  it.each([
    ['changed since', (folder: string) => writeAll(folder, files, false)],
    ['never written by it', () => undefined],
  ])('never replace one that was %s, unless that is asked for', (_, before) => {
    const folder = scratchFolder();
    before(folder);
    mkdirSync(path.join(folder, 'deep'), { recursive: true });
    writeFileSync(path.join(folder, 'deep/b.json'), 'mine');
    const there = readdirSync(folder);
    expect(() => writeAll(folder, changed, false)).toThrowError(
      expect.objectContaining({ code: 'PG420', message: expect.stringContaining(path.join(folder, 'deep/b.json')) })
    );
    expect(readdirSync(folder)).toEqual(there);
    expect(readFileSync(path.join(folder, 'deep/b.json'), 'utf8')).toBe('mine');
    writeAll(folder, changed, true);
    expect(read(folder)).toEqual(['a: 2\n', '[]\n']);
  });

  it('are all written or none: what was moved already is put back', () => {
    const folder = scratchFolder();
    writeAll(folder, files, false);
    // A file stands where the second one needs a folder.
    const more = new Map([...changed, ['a.yml/c.md', 'c']]);
    expect(() => writeAll(folder, more, false)).toThrowError(expect.objectContaining({ code: 'PG414' }));
    expect(read(folder)).toEqual(['a: 1\n', '{}\n']);
    writeAll(folder, changed, false);
    expect(read(folder)).toEqual(['a: 2\n', '[]\n']);
  });

  it('leave nothing behind where nothing can be written', () => {
    const parent = scratchFolder();
    writeFileSync(path.join(parent, 'file'), '');
    expect(() => writeAll(path.join(parent, 'file/below'), files, false)).toThrowError(
      expect.objectContaining({ code: 'PG414', hint: expect.stringContaining('Nothing was written') })
    );
    expect(readdirSync(parent)).toEqual(['file']);
    expect(existsSync(path.join(parent, 'file/below'))).toBe(false);
  });

  it('never replace a folder, even when asked to', () => {
    const folder = scratchFolder();
    mkdirSync(path.join(folder, 'a.yml/mine'), { recursive: true });
    expect(() => writeAll(folder, files, true)).toThrowError(expect.objectContaining({ code: 'PG414' }));
    expect(existsSync(path.join(folder, 'a.yml/mine'))).toBe(true);
  });
});
