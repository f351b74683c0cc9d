import { parseArgs } from 'node:util';
import { approval } from './approval.js';
import { breach } from './breach.js';
import { cli } from './cli.js';
import { demo } from './demo.js';
import { history } from './history.js';
import { recovery } from './recovery.js';
import { signals } from './signals.js';
import type { BenchOptions, Benchmark } from './support/findings.js';
import { machine } from './support/machine.js';
import { keep, markdown } from './support/print.js';
import { watch } from './watch.js';
import { windows } from './windows.js';

const benchmarks: readonly Benchmark[] = [cli, breach, approval, recovery, history, windows, watch, signals, demo];
const names = benchmarks.map((benchmark) => benchmark.name);

const usage = `npm run bench -- [NAME ...] [options]

  NAME              ${names.join(', ')}; default: all
  --trials N        repeat so often instead of each benchmark's own number
  --windows LIST    windows at once, for "windows", and guards for "watch" (default 200,1000)
  --metrics LIST    metrics of one window, for "windows", and of one guard, for "watch" (default 1,5)
  --minutes N       how long windows are watched, for "windows", and guards, for "watch" (default 3)

Tables go to stdout; bench/results/NAME.json keeps every measurement.`;

async function main(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      trials: { type: 'string' },
      windows: { type: 'string', default: '200,1000' },
      metrics: { type: 'string', default: '1,5' },
      minutes: { type: 'string', default: '3' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(`${usage}\n`);
    return 0;
  }
  const unknown = positionals.filter((name) => !names.includes(name));
  if (unknown.length > 0)
    throw new TypeError(`there is no benchmark ${unknown.join(', ')}: choose from ${names.join(', ')}`);
  const say = (line: string): void => void process.stderr.write(`bench: ${line}\n`);
  const options: BenchOptions = {
    trials: values.trials === undefined ? undefined : wholes('--trials', values.trials)[0],
    windows: wholes('--windows', values.windows),
    metrics: wholes('--metrics', values.metrics),
    minutes: Number(values.minutes),
    say,
  };
  for (const benchmark of benchmarks.filter(({ name }) => positionals.length === 0 || positionals.includes(name))) {
    say(`${benchmark.name}: ${benchmark.title}`);
    const on = machine();
    const startedAt = new Date();
    const findings = await benchmark.run(options);
    say(`kept in ${keep(benchmark, findings, on, startedAt)}`);
    process.stdout.write(`${markdown(benchmark, findings, on, startedAt)}\n\n`);
  }
  return 0;
}

function wholes(option: string, text: string): number[] {
  const numbers = text.split(',').map(Number);
  if (numbers.some((number) => !Number.isInteger(number) || number < 1)) {
    throw new TypeError(`${option} ${text}: write whole numbers from 1, such as 200,1000`);
  }
  return numbers;
}

// A native part of what was measured may keep the process open for good.
try {
  process.exit(await main(process.argv.slice(2)));
} catch (error) {
  process.stderr.write(
    `bench: ${error instanceof TypeError ? error.message : ((error as Error).stack ?? String(error))}\n`
  );
  process.exit(error instanceof TypeError ? 2 : 1);
}
