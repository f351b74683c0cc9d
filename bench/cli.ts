import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { now } from './support/clock.js';
import { until } from '../test/support/until.js';
import type { Benchmark, BenchOptions, Findings } from './support/findings.js';
import { onlyWindow } from './support/plans.js';
import { startRig, type Rig } from './support/rig.js';
import { span } from '../test/support/stage/plans.js';

export const cli: Benchmark = { name: 'cli', title: 'the command line from a cold start to its end', run };

const commands = [
  { what: '`--help`', args: ['--help'], aim: { p50: 120 } },
  { what: '`status RUN` of a run in a window', args: ['status', 'bench/cli'], aim: { p50: 450 } },
  { what: '`status` without a name', args: ['status'], aim: { p50: 450 } },
  { what: '`list`', args: ['list'], aim: {} },
  {
    what: '`validate` of the shipped plan',
    args: 'validate plans/user-execution-context.yaml --env demo --var revision=1 --var platform=http://127.0.0.1:1 --var flags-file=flags.json --var metrics-provider=endpoint'.split(
      ' '
    ),
    aim: {},
  },
];

/** The commands take turns, so that a busy moment of the machine hits all of them. */
async function run({ trials = 30, say }: BenchOptions): Promise<Findings> {
  const rig = await startRig(say);
  try {
    await rig.startWorker();
    await rig.start(onlyWindow('cli', { length: span(3_600_000), every: span(15_000), deadline: span(7_200_000) }));
    await until('the window', () => rig.prometheus.asked.length > 0);
    const node: number[] = [];
    const measured = commands.map(() => [] as number[]);
    for (let trial = 0; trial < trials; trial += 1) {
      node.push(await bareNode());
      for (const [index, { args }] of commands.entries()) measured[index]?.push(await timed(rig, args));
    }
    return {
      series: [
        { what: 'node alone, for comparison', unit: 'ms', samples: node },
        ...commands.map(({ what, aim }, index) => ({ what, unit: 'ms' as const, aim, samples: measured[index] ?? [] })),
      ],
      facts: [],
      notes: ['One process for each measurement, from its spawn to its exit; files are in the page cache.'],
    };
  } finally {
    await rig.close();
  }
}

async function timed(rig: Rig, args: readonly string[]): Promise<number> {
  const { startedAt, endedAt, code, output } = await rig.cli(args);
  if (code !== 0) throw new Error(`phasegate ${args.join(' ')} ended with ${code}:\n${output}`);
  return endedAt - startedAt;
}

async function bareNode(): Promise<number> {
  const startedAt = now();
  await once(spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' }), 'exit');
  return now() - startedAt;
}
