import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { Keepsakes } from '../../demo/keepsakes.js';

const run = 'migration/demo/plan';

/** A command that answers what it was asked for, or fails. */
function answering(
  code: number,
  stderr: string
): { asked: string[][]; run: (args: readonly string[]) => Promise<{ code: number; stdout: string; stderr: string }> } {
  const asked: string[][] = [];
  return {
    asked,
    run: async (args) => {
      asked.push([...args]);
      if (code === 0 && args[0] === 'report') writeFileSync(args.at(-1) ?? '', '<!doctype html>');
      return { code, stdout: code === 0 ? '# Post-mortem: it broke\n' : '', stderr };
    },
  };
}

it('the report of the demo is a page that is still there when everything is stopped', async () => {
  const kept = new Keepsakes(answering(0, ''), run);
  const line = await kept.report();
  kept.end();
  const file = line.replace('the whole story: ', '');
  expect(file).toMatch(/report\.html$/);
  expect(readFileSync(file, 'utf8')).toBe('<!doctype html>');
  rmSync(path.dirname(file), { recursive: true });
});

it('the draft of a post-mortem is kept as a file beside the report, one for each incident', async () => {
  const cli = answering(0, '');
  const kept = new Keepsakes(cli, run);
  const report = (await kept.report()).replace('the whole story: ', '');
  const line = await kept.draft(2);
  kept.end();
  const file = line.replace('the draft of the post-mortem of incident/2: ', '');
  expect(file).toBe(path.join(path.dirname(report), 'post-mortem-2.md'));
  expect(cli.asked.at(-1)).toEqual(['incident', 'draft', '2', run]);
  expect(readFileSync(file, 'utf8')).toBe('# Post-mortem: it broke\n');
  rmSync(path.dirname(file), { recursive: true });
});

it('what cannot be had is said so, leaves nothing, and does not end the demo', async () => {
  const cli = answering(8, 'PG401 no server\n');
  const kept = new Keepsakes(cli, run);
  expect(await kept.draft(1)).toBe('no draft of the post-mortem of incident/1: PG401 no server');
  expect(await kept.report()).toBe('the report could not be written: PG401 no server');
  kept.end();
  expect(existsSync(path.dirname(cli.asked.at(-1)?.at(-1) ?? ''))).toBe(false);
});
