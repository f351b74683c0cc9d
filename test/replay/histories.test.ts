import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { committed, keep } from './histories.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'phasegate-histories-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('a history that is recorded already stays as it is until its file is deleted', () => {
  const [first, second] = committed();
  if (!first || !second) throw new Error('there are no histories');
  expect(keep({ ...first, name: 'kept' }, folder)).toBe(true);
  const [file = ''] = readdirSync(folder);
  const before = readFileSync(join(folder, file));

  expect(keep({ ...second, name: 'kept' }, folder)).toBe(false);
  expect(readFileSync(join(folder, file)).equals(before)).toBe(true);

  rmSync(join(folder, file));
  expect(keep({ ...second, name: 'kept' }, folder)).toBe(true);
  expect(committed(folder)).toMatchObject([{ name: 'kept', workflowId: second.workflowId }]);
});
