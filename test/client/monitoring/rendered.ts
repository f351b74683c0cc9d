import { execFile } from 'node:child_process';
import path from 'node:path';
import { renderFiles } from '../../../src/client/monitoring/render-files.js';
import type { SubjectOptions } from '../../../src/client/monitoring/subject.js';
import { writeAll } from '../../../src/client/monitoring/write-files.js';
import type { FrozenPlan } from '../../../src/plan/model.js';
import { needs } from '../../support/needs.js';
import { scratchFolder } from '../../support/servers/scratch.js';

export interface Rendered {
  folder: string;
  files: ReadonlyMap<string, string>;
  remarks: string[];
}

/** Everything of a plan, written into a folder of its own. */
export async function rendered(plan: FrozenPlan, options: SubjectOptions = {}): Promise<Rendered> {
  const { files, remarks } = await renderFiles(plan, options);
  const folder = scratchFolder();
  writeAll(folder, files, false);
  return { folder, files, remarks };
}

/** A program of Prometheus or Alertmanager, run in a folder. */
export function tool(
  name: 'promtool' | 'amtool',
  folder: string,
  args: readonly string[]
): Promise<{ code: number; out: string }> {
  const install = name === 'promtool' ? 'prometheus' : 'prometheus-alertmanager';
  const program = needs(name, `apt-get install --no-install-recommends ${install}`);
  return new Promise((resolve) => {
    execFile(program, args, { cwd: path.resolve(folder) }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? 1 : 0, out: stdout + stderr });
    });
  });
}
