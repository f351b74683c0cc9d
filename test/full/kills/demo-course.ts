import { fillQuery } from '../../../src/activities/metrics/query-template.js';
import type { Account, CommandRun, Course, WindowRecord } from '../../support/fire/model/account.js';
import { windowsIn, type Unanswered } from '../../support/fire/read-account.js';
import type { FlagRecorder } from '../../support/fire/recorder.js';

/** What an undisturbed demo does to the chat platform, its clean-up too, told from its plan by hand. */
const phases = [
  { id: '1a', component: 'agent-execution-core', flag: 'ENABLE_AGENT_EXECUTION_CORE_MIGRATION' },
  { id: '1b', component: 'workflow-orchestrator', flag: 'ENABLE_WORKFLOW_ORCHESTRATOR_MIGRATION' },
  { id: '1c', component: 'tool-dispatcher', flag: 'ENABLE_TOOL_DISPATCHER_MIGRATION' },
  { id: '1d', component: 'websocket-executor', flag: 'ENABLE_WEBSOCKET_EXECUTOR_MIGRATION' },
] as const;

export const demoCourse: Course = {
  phases: phases.map(({ id, component, flag }) => ({
    id,
    moves: [
      { target: `flag/${flag}`, exposes: true },
      { target: `deploy/${component}`, exposes: false },
    ],
  })),
  paths: Object.fromEntries(
    phases.flatMap(({ id, component, flag }) => [
      [`flag/${flag}`, id === '1a' ? ['off', '5 %', '25 %', '50 %', '100 %', 'removed'] : ['off', '100 %', 'removed']],
      [`deploy/${component}`, ['legacy-1', 'user-execution-context-1']],
    ])
  ),
  windows: [
    '1a/window',
    '1a/ramp',
    '1a/success',
    '1b/agent-core-stable',
    '1b/window',
    '1b/success',
    '1c/previous-stable',
    '1c/window',
    '1c/success',
    '1d/stable-48h',
    '1d/success',
  ],
  onceOnly: [],
};

interface Audited {
  at: string;
  kind: string;
  component?: string;
  from?: string;
  to?: string;
  result?: string;
}

/** What the platform's own audit and the recorder of its flag file say, with the windows of the run's evidence. */
export async function demoAccount(
  platform: string,
  recorder: FlagRecorder,
  evidenceDir: string,
  run: string
): Promise<Account> {
  await recorder.caughtUp();
  const response = await fetch(`${platform}/admin/audit`);
  const { entries } = (await response.json()) as { entries: Audited[] };
  // A repeated deployment, which the platform answers with "unchanged", is one that was applied twice.
  const deployments = entries.filter(({ kind }) => kind === 'deploy');
  const revisions = phases.map(({ component }) => {
    const ours = deployments.filter((entry) => entry.component === component);
    const moments = ours.map(({ at, to = '' }) => ({ at: Date.parse(at), state: to }));
    return [`deploy/${component}`, [{ at: 0, state: ours[0]?.from ?? '' }, ...moments]] as const;
  });
  return {
    states: Object.fromEntries([
      ...revisions,
      ...phases.map(({ flag }) => [`flag/${flag}`, recorder.statesOf(flag, exposure)] as const),
    ]),
    idleWrites: recorder.idleWrites(),
    commands: deployments.map((entry) => commandOf(entry, entries)),
    windows: await answeredWindows(evidenceDir, run),
    holes: recorder.holes(),
  };
}

/** The platform is not told who deploys, so there is one key for all that moves a component to a revision. */
function commandOf({ at, component = '', to: revision = '', result }: Audited, all: readonly Audited[]): CommandRun {
  const began = Date.parse(at);
  const served = all.find(
    (entry) => entry.kind === 'serving' && entry.component === component && Date.parse(entry.at) >= began
  );
  const endedAt = result === 'unchanged' || !served ? began : Date.parse(served.at);
  const verb = revision === 'legacy-1' ? 'undo' : 'apply';
  const key = `${component} to ${revision}`;
  return { target: `deploy/${component}`, verb, revision, key, startedAt: began, effectAt: began, endedAt };
}

/**
 * A busy machine may scrape too late for a rate over some seconds, most of all just after a change. What Prometheus
 * does not have when it is asked once more, afterwards, was not lost by a worker that was killed.
 */
async function answeredWindows(evidenceDir: string, run: string): Promise<WindowRecord[]> {
  const windows = windowsIn(evidenceDir, run);
  for (const sample of windows.flatMap(({ samples }) => samples)) {
    const { unanswered } = sample;
    if (!unanswered) continue;
    const answers = await Promise.all(unanswered.metrics.map((metric) => hasValue(metric, unanswered)));
    sample.valid = !answers.includes(true);
  }
  return windows;
}

async function hasValue(metric: string, { at, t0, changedAt, source }: Unanswered): Promise<boolean> {
  const { promql = metric, ...binding } = source.bindings[metric] ?? {};
  const signal = AbortSignal.timeout(5000);
  const context = { since: t0, signal, ...(changedAt === undefined ? {} : { changedAt }) };
  const filled = fillQuery({ ...binding, promql }, at, context);
  if (!filled) return false;
  const asked = new URLSearchParams({ query: filled.query, time: String(at / 1000) });
  const response = await fetch(`${source.url}/api/v1/query?${asked.toString()}`, { signal });
  const { data } = (await response.json()) as { data: { result: Array<{ value: [number, string] }> } };
  return data.result.some(({ value }) => Number.isFinite(Number(value[1])));
}

/** Who gets a flag by its definition in the file. */
function exposure(definition: unknown): string {
  if (definition === undefined) return 'removed';
  const { defaultVariant, targeting } = definition as { defaultVariant?: string; targeting?: unknown };
  if (defaultVariant === 'on') return '100 %';
  const share = /"fractional":\[\["on",(\d+)\],\["off",(\d+)\]\]/.exec(JSON.stringify(targeting) ?? '');
  if (share) return `${(100 * Number(share[1])) / (Number(share[1]) + Number(share[2]))} %`;
  return targeting === undefined ? 'off' : 'listed users';
}
