import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Cli } from './cli.js';

/**
 * Writes the run's report to a file that outlives the demo, whose server is about to be stopped with all that could
 * tell of the run; gives a line that says where it is, or why there is none.
 */
export async function keepReport(cli: Pick<Cli, 'run'>, run: string): Promise<string> {
  const file = join(mkdtempSync(join(tmpdir(), 'phasegate-report-')), 'report.html');
  const { code, stderr } = await cli.run(['report', run, '--out', file]);
  if (code === 0) return `the whole story: ${file}`;
  rmSync(dirname(file), { recursive: true });
  return `the report could not be written: ${stderr.trim()}`;
}
