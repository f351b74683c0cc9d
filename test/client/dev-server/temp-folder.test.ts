import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { tempFolder } from '../../../src/client/dev-server/index.js';
import { userName } from '../../../src/client/dev-server/temp-folder.js';
import { scratchFolder } from '../../support/servers/scratch.js';

/** The id of a process that has ended just now. */
function goneProcess(): string {
  return execFileSync('/bin/sh', ['-c', 'echo $$'], { encoding: 'utf8' }).trim();
}

describe('a temporary folder', () => {
  it('is new each time, and lies in one folder of the user', () => {
    const parent = path.join(scratchFolder(), 'all');
    const [first, second] = [tempFolder('demo', parent), tempFolder('demo', parent)];
    expect(first).not.toBe(second);
    expect(readdirSync(parent)).toHaveLength(2);
  });

  it('is named after the number of a user who has no name on this machine', () => {
    const nameless = (): never => {
      throw new Error('ENOENT: no such file or directory, uv_os_get_passwd');
    };
    expect(userName(nameless)).toBe(`uid-${process.getuid?.()}`);
    expect(userName(() => ({ username: 'ada' }))).toBe('ada');
  });

  it('takes those of killed processes away, and nothing else', () => {
    const model = path.basename(tempFolder('test', scratchFolder()));
    const [, place = ''] = /^test-(\w+)-/.exec(model) ?? [];
    const parent = scratchFolder();
    const left = `bench-${place}-${goneProcess()}-AbCd12`;
    const kept = [
      `bench-${place}-${process.ppid}-AbCd12`,
      `bench-000000-${goneProcess()}-AbCd12`,
      'somebody-elses-folder',
    ];
    for (const name of [left, ...kept]) mkdirSync(path.join(parent, name, 'deep'), { recursive: true });
    tempFolder('test', parent);
    expect(existsSync(path.join(parent, left))).toBe(false);
    for (const name of kept) expect(existsSync(path.join(parent, name)), name).toBe(true);
  });
});
