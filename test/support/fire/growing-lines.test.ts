import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { scratchFolder } from '../servers/scratch.js';
import { GrowingLines } from './growing-lines.js';

it('each whole line of a file that grows is understood once, and half a line not yet', () => {
  const file = join(scratchFolder(), 'lines');
  const understood: string[] = [];
  const lines = new GrowingLines(file, (line, before) => {
    understood.push(line);
    return `${before.length}: ${line}`;
  });
  expect(lines.all()).toEqual([]);
  const grow = (text: string | Buffer): void => appendFileSync(file, text);
  grow('one\ntwo\nhalf of ');
  expect(lines.all()).toEqual(['0: one', '1: two']);
  const [first, second] = [Buffer.from('thrée\n').subarray(0, 4), Buffer.from('thrée\n').subarray(4)];
  grow(first);
  expect(lines.all()).toHaveLength(2);
  grow(second);
  expect(lines.all()).toEqual(['0: one', '1: two', '2: half of thrée']);
  expect(lines.all()).toHaveLength(3);
  expect(understood).toEqual(['one', 'two', 'half of thrée']);
});
