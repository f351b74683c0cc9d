import { Client, Connection } from '@temporalio/client';
import { cleanUp } from '../demo/clean-up.js';
import { playPeople } from '../demo/people.js';
import { startStack } from '../demo/stack.js';
import { migrationId, phaseWorkflowId } from '../src/plan/names.js';
import { findOnPath } from '../src/client/dev-server/index.js';
import { fullLengthPlan, monday } from '../test/support/simulated/full-length.js';
import { rehearse } from '../test/support/simulated/rehearsal.js';
import { total, type Size } from '../test/support/simulated/sizes.js';
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
    facts: [window, ...(await demoRun(say)), ...(await fullLength(say))],
    notes: [
      'Events and bytes as the server counts them. The window: 121 samples, as 30 minutes have at 15 s, taken 100 ms apart; its own share is a phase with it less a phase without (both with one check).',
      'The demo: the shipped plan in the demo environment (compressed time, real Prometheus), every workflow of the run, its clean-up too.',
      'At full length: the shipped plan uncompressed, to the last task of its clean-up, on the Temporal test server, which simulates its days (decision 014); bytes are those of the encoded events there.',
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

async function demoRun(say: (line: string) => void): Promise<Fact[]> {
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
      begun: () => Promise.resolve(),
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
    return [...sizeFacts('a whole run of the demo', await sizesAt(stack.cli.address)), end];
  } finally {
    await stack.stop();
  }
}

async function sizesAt(address: string): Promise<Size[]> {
  const connection = await Connection.connect({ address });
  try {
    const client = new Client({ connection });
    const sizes = new Map<string, Pick<Size, 'workflowId' | 'events' | 'bytes'>>();
    for await (const { workflowId, runId } of client.workflow.list()) {
      if (workflowId.startsWith('temporal-')) continue;
      const { events, bytes } = await sizeOf(client, workflowId, runId);
      // A workflow that continues as new has several executions.
      const before = sizes.get(workflowId) ?? { events: 0, bytes: 0 };
      sizes.set(workflowId, { workflowId, events: before.events + events, bytes: before.bytes + bytes });
    }
    return [...sizes.values()].toReversed();
  } finally {
    await connection.close();
  }
}

/** The same plan with its real spans of time, on a server that simulates them. */
async function fullLength(say: (line: string) => void): Promise<Fact[]> {
  const [java, mvn] = [findOnPath('java'), findOnPath('mvn')];
  if (java === undefined || mvn === undefined) {
    throw new Error('the run at full length needs java and mvn: apt-get install default-jdk-headless maven');
  }
  const startedAt = Date.now();
  const frozen = await fullLengthPlan();
  const { snapshot, sizes } = await rehearse({ java, mvn }, { frozen, startAt: monday, startedBy: 'dana' });
  const days = ((snapshot.run.outcome?.endedAt ?? 0) - snapshot.run.startedAt) / (24 * 60 * 60 * 1000);
  const took = `${days.toFixed(1)} simulated days in ${((Date.now() - startedAt) / 1000).toFixed(0)} s`;
  say(`full length: ${snapshot.run.state} after ${took}`);
  const { state } = snapshot.run;
  return [
    ...sizeFacts('a whole run at full length', sizes),
    { what: 'how that run ended', value: `${state}, ${took}`, aim: 'completed', met: state === 'completed' },
  ];
}

function sizeFacts(what: string, sizes: readonly Size[]): Fact[] {
  const { events, bytes } = total(sizes);
  return [
    {
      what,
      value: `${sizes.length} workflows, ${events} events, ${kb(bytes)}`,
      aim: '< 2,000 events, < 2 MB',
      met: events < 2000 && bytes < 2 * 2 ** 20,
    },
    ...sizes.map((size) => ({
      what: `of it: ${size.workflowId}`,
      value: `${size.events} events, ${kb(size.bytes)}`,
    })),
  ];
}

function kb(bytes: number): string {
  return `${(bytes / 1024).toFixed(1)} KB`;
}
