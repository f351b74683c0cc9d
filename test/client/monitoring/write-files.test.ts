import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
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

function make(file: string, how: (file: string) => void): string {
  how(file);
  return file;
}
const writeTo = (file: string): void => writeFileSync(file, '');
const linkNowhere = (file: string): void => symlinkSync('/nowhere/at/all', file);
const pipe = (file: string): void => void execFileSync('mkfifo', [file]);

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

  it.each<[string, (parent: string) => string, string]>([
    // Node's own way to make folders never returns there.
    ['where no folder can be made', () => '/proc/monitoring/here', 'what is mounted there takes no new files'],
    ['where no file can be made', () => '/proc/self/fd', 'takes no new files'],
    ['in a file', (parent) => make(path.join(parent, 'one'), writeTo), 'is something else than a folder'],
    ['below a file', (parent) => path.join(make(path.join(parent, 'one'), writeTo), 'more'), 'is no folder'],
    ['in a device', () => '/dev/null', '/dev/null is something else than a folder'],
    ['behind a link to nowhere', (parent) => make(path.join(parent, 'one'), linkNowhere), 'is in the way'],
    ['in a folder with no name', () => ' ', 'is the name of no folder'],
    ['in one with too long a name', (parent) => path.join(parent, 'a'.repeat(300)), 'the name is too long'],
    ['over a folder', (parent) => (mkdirSync(path.join(parent, 'a.yml')), parent), 'a.yml: there is something else'],
    ['over a pipe', (parent) => (make(path.join(parent, 'a.yml'), pipe), parent), 'a.yml: there is something else'],
    [
      'over a link to nowhere',
      (parent) => (make(path.join(parent, 'a.yml'), linkNowhere), parent),
      'a.yml: there is something else',
    ],
    [
      'over a folder that has the name of its list',
      (parent) => (mkdirSync(path.join(parent, '.phasegate-render.json/mine'), { recursive: true }), parent),
      '.phasegate-render.json: there is something else',
    ],
  ])('are refused %s, in words that say what, where, why and what to do', (_, where, why) => {
    const parent = scratchFolder();
    const folder = where(parent);
    const before = readdirSync(parent, { recursive: true });
    for (const force of [false, true]) {
      expect(() => writeAll(folder, files, force)).toThrowError(
        expect.objectContaining({
          code: 'PG414',
          where: `--out ${folder}`,
          message: expect.stringContaining(why) as string,
          hint: 'Nothing was written. Name a folder that you may write to, or one that is not there yet: --out DIR.',
        })
      );
    }
    expect(readdirSync(parent, { recursive: true })).toEqual(before);
  });

  it('leave what else is in a folder as it is', () => {
    const folder = scratchFolder();
    writeFileSync(path.join(folder, 'notes.txt'), 'mine');
    mkdirSync(path.join(folder, 'deep'));
    writeFileSync(path.join(folder, 'deep/notes.txt'), 'mine too');
    writeFileSync(path.join(folder, '.phasegate-render.json'), 'null');
    writeAll(folder, files, false);
    expect(read(folder)).toEqual(['a: 1\n', '{}\n']);
    expect(readFileSync(path.join(folder, 'notes.txt'), 'utf8')).toBe('mine');
    expect(readFileSync(path.join(folder, 'deep/notes.txt'), 'utf8')).toBe('mine too');
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
