import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { keepReport } from '../../demo/report.js';

/** A command that writes what it was asked for, or fails. */
function answering(
  code: number,
  stderr: string
): { files: string[]; run: (args: readonly string[]) => Promise<{ code: number; stdout: string; stderr: string }> } {
  const files: string[] = [];
  return {
    files,
    run: async (args) => {
      const file = args.at(-1) ?? '';
      files.push(file);
      if (code === 0) writeFileSync(file, '<!doctype html>');
      return { code, stdout: '', stderr };
    },
  };
}

it('the report of the demo is a page that is still there when everything is stopped', async () => {
  const line = await keepReport(answering(0, ''), 'migration/demo/plan');
  const file = line.replace('the whole story: ', '');
  expect(file).toMatch(/report\.html$/);
  expect(readFileSync(file, 'utf8')).toBe('<!doctype html>');
  rmSync(path.dirname(file), { recursive: true });
});

it('a report that cannot be had is said so, leaves nothing, and does not end the demo', async () => {
  const cli = answering(8, 'PG401 no server\n');
  expect(await keepReport(cli, 'migration/demo/plan')).toBe('the report could not be written: PG401 no server');
  expect(existsSync(path.dirname(cli.files[0] ?? ''))).toBe(false);
});
