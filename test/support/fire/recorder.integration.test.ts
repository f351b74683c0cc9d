import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { scratchFolder } from '../servers/scratch.js';
import { recordFlags, type FlagRecorder } from './recorder.js';

/** As whoever moves flags does it: the whole file, by rename; waits until the recorder has seen it. */
async function write(file: string, recorder: FlagRecorder, flags: Record<string, string>): Promise<void> {
  writeFileSync(`${file}.new`, JSON.stringify({ flags }));
  renameSync(`${file}.new`, file);
  await recorder.caughtUp();
}

it('two writes of the same flags are two, and no state of a flag more', async () => {
  const folder = scratchFolder();
  const file = join(folder, 'flags.json');
  writeFileSync(file, JSON.stringify({ flags: { A: 'off', B: 'off' } }));
  const recorder = await recordFlags(file, join(folder, 'states'));
  onTestFinished(() => recorder.stop());
  await write(file, recorder, { A: 'on', B: 'off' });
  expect(recorder.idleWrites()).toEqual([]);
  await write(file, recorder, { A: 'on', B: 'off' });
  expect(recorder.idleWrites()).toHaveLength(1);
  await write(file, recorder, { A: 'on', B: 'on' });
  await write(file, recorder, { A: 'off', B: 'on' });
  expect(recorder.idleWrites()).toHaveLength(1);
  expect(recorder.statesOf('A').map(({ state }) => state)).toEqual(['"off"', '"on"', '"off"']);
  expect(recorder.statesOf('B').map(({ state }) => state)).toEqual(['"off"', '"on"']);
  expect(recorder.holes()).toEqual([]);
});
