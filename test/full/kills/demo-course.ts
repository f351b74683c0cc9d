import type {
  Account,
  Answer,
  CommandRun,
  Course,
  GuardRecord,
  WindowRecord,
} from '../../support/fire/model/account.js';
import { windowsIn } from '../../support/fire/read-account.js';
import { guardsIn } from '../../support/fire/read-guards.js';
import type { FlagRecorder } from '../../support/fire/recorder.js';
import type { MetricsRecorder } from '../../support/fire/metrics-recorder.js';

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
    'immediate/user-isolation',
    'immediate/performance',
    'immediate/error-rates',
    'immediate/websocket-events',
    'short-term/performance-trends',
    'short-term/memory',
    'short-term/database',
    'medium-term/stability',
  ],
  verification: 'rollback/metrics',
  onceOnly: [],
  // Nothing is said of what becomes critical: a busy machine decides that.
  guard: { until: 'medium-term/stability', inARow: 2, criticalBelow: {} },
};

interface Audited {
  at: string;
  kind: string;
  component?: string;
  from?: string;
  to?: string;
  result?: string;
}

/** Where what a run of the demo did is written down. */
interface Records {
  platform: string;
  flags: FlagRecorder;
  metrics: MetricsRecorder;
  evidenceDir: string;
}

/** What the platform's own audit and the recorders of its flag file and of its metrics say, with the windows and guards of the run's evidence. */
export async function demoAccount(
  { platform, flags: recorder, metrics, evidenceDir }: Records,
  run: string
): Promise<Account> {
  await recorder.caughtUp();
  const answers = metrics.answers();
  const asked = byInstant(answers);
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
    windows: askedWindows(evidenceDir, run, asked),
    guards: askedGuards(evidenceDir, run, asked),
    answers,
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

type AnswersAt = (at: number) => readonly Answer[];

function byInstant(answers: readonly Answer[]): AnswersAt {
  const known = new Map<number, Answer[]>();
  for (const answer of answers) {
    const then = known.get(answer.at);
    if (then) then.push(answer);
    else known.set(answer.at, [answer]);
  }
  return (at) => known.get(at) ?? [];
}

/** The windows of the run; what its evidence has as the text of a binding stands here as it was asked. */
function askedWindows(evidenceDir: string, run: string, answersAt: AnswersAt): WindowRecord[] {
  const windows = windowsIn(evidenceDir, run);
  for (const { at, readings } of windows.flatMap(({ samples }) => samples)) {
    for (const reading of readings) {
      const asked = answersAt(at).filter(({ query }) => inGeneral(query) === inGeneral(reading.query));
      // Two windows may ask for the same instant, each since its own beginning.
      const known = asked.find(({ value }) => value === reading.value) ?? asked[0];
      if (known) reading.query = known.query;
    }
  }
  return windows;
}

/** The guards of the run, likewise. */
function askedGuards(evidenceDir: string, run: string, answersAt: AnswersAt): GuardRecord[] {
  return guardsIn(evidenceDir, run).map((guard) => ({
    ...guard,
    looks: guard.looks.map(({ at, queries }) => ({
      at,
      queries: queries.map(
        (template) => answersAt(at).find(({ query }) => inGeneral(query) === inGeneral(template))?.query ?? template
      ),
    })),
  }));
}

/** A query, or the template that it was made from, however many seconds back it looks. */
function inGeneral(query: string): string {
  return query.replace(/\{\{\s*(?:elapsed|range)\s*\}\}|\b\d+s\b/g, 'so long');
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
