import { Client, Connection } from '@temporalio/client';
import { cleanUp } from '../demo/clean-up.js';
import { playPeople } from '../demo/people.js';
import { startStack } from '../demo/stack.js';
import { migrationId, phaseWorkflowId } from '../src/plan/names.js';
import { phase, plan, span, step } from '../test/support/stage/plans.js';
import type { Benchmark, BenchOptions, Fact, Findings } from './support/findings.js';
import { sizeOf } from './support/histories.js';
import { onlyWindow, quickRollback } from './support/plans.js';
import { startRig } from './support/rig.js';

export const history: Benchmark = { name: 'history', title: 'events and bytes of what Temporal keeps', run };

async function run({ say }: BenchOptions): Promise<Findings> {
  const window = await oneWindow(say);
  say(`${window.what}: ${window.value}`);
  return {
    series: [],
    facts: [window, ...(await wholeRun(say))],
    notes: [
      'Events and bytes as the server counts them. The window: 121 samples, as 30 minutes have at 15 s, taken 100 ms apart; its own share is a phase with it less a phase without (both with one check).',
      'The whole run: the shipped plan in the demo environment (compressed time, real Prometheus), every workflow of the run, its clean-up too.',
    ],
  };
}

async function oneWindow(say: (line: string) => void): Promise<Fact> {
  const rig = await startRig(say);
  try {
    await rig.startWorker();
    const check = step.check('check');
    const window = { length: span(12_000), every: span(100), deadline: span(36_000) };
    const watched = onlyWindow('with', window);
    const [only] = watched.phases;
    const size = async (id: string, steps: Parameters<typeof phase>[1]): ReturnType<typeof sizeOf> => {
      const handle = await rig.start(plan([phase('1a', steps)], { id, rollback: quickRollback }));
      await handle.result();
      return sizeOf(rig.client, phaseWorkflowId(migrationId(rig.environment.id, id), '1a'));
    };
    const bare = await size('without', { steps: [check] });
    const full = await size('with', { steps: [check, ...(only?.steps ?? [])] });
    const events = full.events - bare.events;
    return {
      what: 'a 30-minute window at 15 s',
      value: `${events} events, ${kb(full.bytes - bare.bytes)}`,
      aim: '≤ 12 events',
      met: events <= 12,
    };
  } finally {
    await rig.close();
  }
}

async function wholeRun(say: (line: string) => void): Promise<Fact[]> {
  const stack = await startStack(
    {
      fault: undefined,
      interactive: false,
      endpoint: false,
      port: undefined,
      uiPort: undefined,
      keep: false,
      help: false,
    },
    say,
    new AbortController().signal
  );
  try {
    const run = migrationId('demo', 'user-execution-context');
    const since = Date.now();
    const ended = new AbortController();
    const people = playPeople(stack.cli, {
      run,
      platform: stack.platform,
      fault: undefined,
      interactive: false,
      since,
      signal: ended.signal,
    });
    const plan = 'plans/user-execution-context.yaml';
    const started = await stack.cli.run(['start', plan, ...stack.target, '--as', 'dana', '--yes', '--watch']);
    ended.abort();
    await people;
    await cleanUp(stack.cli, {
      run,
      flagsFile: stack.flagsFile,
      interactive: false,
      say,
      signal: new AbortController().signal,
    });
    const end = {
      what: 'how that run ended',
      value: `exit code ${started.code}`,
      aim: '0 (completed)',
      met: started.code === 0,
    };
    return [...(await sizesOf(stack.cli.address)), end];
  } finally {
    await stack.stop();
  }
}

async function sizesOf(address: string): Promise<Fact[]> {
  const connection = await Connection.connect({ address });
  try {
    const client = new Client({ connection });
    const sizes = new Map<string, { executions: number; events: number; bytes: number }>();
    for await (const { workflowId, runId } of client.workflow.list()) {
      if (workflowId.startsWith('temporal-')) continue;
      const { events, bytes } = await sizeOf(client, workflowId, runId);
      const before = sizes.get(workflowId) ?? { executions: 0, events: 0, bytes: 0 };
      sizes.set(workflowId, {
        executions: before.executions + 1,
        events: before.events + events,
        bytes: before.bytes + bytes,
      });
    }
    const facts = [...sizes].map(([workflowId, { executions, events, bytes }]): Fact => {
      const times = executions > 1 ? ` in ${executions} executions` : '';
      return { what: `of it: ${workflowId}`, value: `${events} events, ${kb(bytes)}${times}` };
    });
    const sum = (of: 'events' | 'bytes'): number => [...sizes.values()].reduce((all, size) => all + size[of], 0);
    const total = { workflows: sizes.size, events: sum('events'), bytes: sum('bytes') };
    const met = total.events < 2000 && total.bytes < 2 * 2 ** 20;
    const value = `${total.workflows} workflows, ${total.events} events, ${kb(total.bytes)}`;
    return [
      { what: 'a whole run of the shipped plan', value, aim: '< 2,000 events, < 2 MB', met },
      ...facts.toReversed(),
    ];
  } finally {
    await connection.close();
  }
}

function kb(bytes: number): string {
  return `${(bytes / 1024).toFixed(1)} KB`;
}
