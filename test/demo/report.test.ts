import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { keepReport } from '../../demo/report.js';

const answering = (code: number, stdout: string, stderr: string) => ({ run: async () => ({ code, stdout, stderr }) });

it('the report of the demo is a file that is still there when everything is stopped', async () => {
  const line = await keepReport(answering(0, '# Report', ''), 'migration/demo/plan');
  const file = line.replace('the whole story: ', '');
  expect(readFileSync(file, 'utf8')).toBe('# Report');
  rmSync(path.dirname(file), { recursive: true });
});

it('a report that cannot be had is said so, and does not end the demo', async () => {
  expect(await keepReport(answering(8, '', 'PG401 no server\n'), 'migration/demo/plan')).toBe(
    'the report could not be written: PG401 no server'
  );
});
