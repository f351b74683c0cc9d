import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { now } from './support/clock.js';
import type { Benchmark, BenchOptions, Findings } from './support/findings.js';
import { root } from './support/machine.js';
import { keepFile } from './support/print.js';

export const demo: Benchmark = { name: 'demo', title: 'the demo, from its start to everything stopped', run };

async function run({ trials = 20, say }: BenchOptions): Promise<Findings> {
  const seconds: number[] = [];
  const wrong: string[] = [];
  for (let trial = 1; trial <= trials; trial += 1) {
    const { code, took, output } = await play();
    seconds.push(took);
    say(`demo ${trial} of ${trials}: exit code ${code} after ${took.toFixed(1)} s`);
    if (code !== 0) wrong.push(`run ${trial} ended with exit code ${code}: ${keep(trial, output)}`);
  }
  return {
    series: [{ what: 'a run of the demo', unit: 's', samples: seconds, aim: { p95: 240 } }],
    facts: [
      {
        what: 'runs with the right end (completed, exit code 0)',
        value: `${trials - wrong.length} of ${trials}`,
        aim: `${trials} of ${trials}`,
        met: wrong.length === 0,
      },
    ],
    notes: ['Without the build, and with the servers in the cache.', ...wrong],
  };
}

/** What a run that ended wrong has said, in a file of its own. @returns its last line and where the rest is */
function keep(trial: number, output: string): string {
  const file = keepFile(`demo-${trial}.log`, output);
  return `${output.trim().split('\n').at(-1)} (all of it: ${file})`;
}

function play(): Promise<{ code: number | null; took: number; output: string }> {
  const startedAt = now();
  const child = spawn(process.execPath, [join(root, 'dist', 'demo', 'main.js')], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, took: (now() - startedAt) / 1000, output }));
  });
}
