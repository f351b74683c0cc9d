import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { tempFolder } from '../../../src/client/dev-server/temp-folder.js';
import { phasegate } from '../../integration/cli/binary.js';

function emptyFolder(): string {
  const folder = tempFolder('init');
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

it('init writes a plan and an environment that are sound as they are', async () => {
  const cwd = emptyFolder();
  const written = await phasegate(['init'], { cwd });
  expect([written.code, written.stdout]).toEqual([0, 'wrote plans/first.yaml\nwrote environments/local.yaml\n']);
  const args = ['plans/first.yaml', '--env', 'local', '--var', 'revision=v2'];
  const valid = await phasegate(['validate', ...args], { cwd });
  expect(valid.code, valid.stderr).toBe(0);
  // Nothing but what every such environment is told.
  expect(valid.stderr).toContain('0 errors, 1 warning');
  expect(valid.stderr).toContain('identities are not verified');
  const preview = await phasegate(['plan', ...args, '--as', 'ann'], { cwd });
  expect(preview.stdout).toContain('1 phase, 2 checklist items before, 1 flag, 1 deploy, 3 windows');
  expect(preview.stdout).toContain('Watch  from the first flag to the end of the validation, every 15s');
  expect(written.stderr).toContain(
    'phasegate plan plans/first.yaml --env environments/local.yaml --var revision=v2 --as ann'
  );
});

it('init writes into a folder that it makes, and overwrites nothing', async () => {
  const cwd = emptyFolder();
  const { stdout, stderr } = await phasegate(['init', 'new/one'], { cwd });
  expect(stdout).toContain('wrote new/one/plans/first.yaml');
  // Typed where it was: npx knows phasegate there.
  expect(stderr).toContain('phasegate plan new/one/plans/first.yaml --env new/one/environments/local.yaml ');
  const preview = ['plan', 'new/one/plans/first.yaml', '--env', 'new/one/environments/local.yaml'];
  expect((await phasegate([...preview, '--var', 'revision=v2', '--as', 'ann'], { cwd })).code).toBe(0);
  const file = path.join(cwd, 'new/one/plans/first.yaml');
  const before = readFileSync(file, 'utf8');
  const again = await phasegate(['init', 'new/one'], { cwd });
  expect([again.code, again.stdout]).toEqual([2, '']);
  expect(again.stderr).toContain(
    'PG414 new/one/plans/first.yaml and new/one/environments/local.yaml are there already'
  );
  expect(readFileSync(file, 'utf8')).toBe(before);
});

it('init writes nothing at all when one of its files is there', async () => {
  const cwd = emptyFolder();
  mkdirSync(path.join(cwd, 'environments'));
  writeFileSync(path.join(cwd, 'environments/local.yaml'), 'mine');
  const { code, stderr } = await phasegate(['init'], { cwd });
  expect(code).toBe(2);
  expect(stderr).toContain('PG414 environments/local.yaml is there already');
  expect(existsSync(path.join(cwd, 'plans'))).toBe(false);
});
