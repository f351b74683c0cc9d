import type {
  ApprovalSpec,
  AttestStep,
  BaselineStep,
  CheckStep,
  Cleanup,
  CleanupTask,
  DeployStep,
  Environment,
  FlagStep,
  FrozenPlan,
  IncidentCause,
  Incidents,
  Kpi,
  KpiTask,
  Metric,
  Phase,
  PlainTask,
  Plan,
  RemoveFlagsTask,
  RunInput,
  SeveritySpec,
  TimeSpan,
  TrafficStep,
  WatchStep,
  WindowSpec,
} from '../../../src/plan/model.js';
import type { IncidentInput, RunIdentity } from '../../../src/plan/run-input.js';

/** Plans for tests, in their frozen form: only what a test is about needs to be named. */
export function span(ms: number): TimeSpan {
  return { ms, planned: `${ms}ms` };
}

export function windowSpec(change: Partial<WindowSpec> = {}): WindowSpec {
  return {
    length: span(1000),
    every: span(100),
    warmUp: span(0),
    deadline: span(3000),
    criteria: [
      {
        metric: 'success',
        unit: 'ratio',
        text: 'success > 95%',
        bound: { op: '>', value: 0.95, text: '> 95%' },
        onBreach: 'restart',
        increase: false,
      },
    ],
    coverage: 0.9,
    invalidInARow: 3,
    criticalInARow: 2,
    ...change,
  };
}

export const step = {
  flag: (id: string, change: Partial<FlagStep> = {}): FlagStep => ({
    kind: 'flag',
    id,
    title: `Enable ${id}`,
    onFail: 'rollback',
    key: `FLAG_${id.toUpperCase()}`,
    to: true,
    percent: 5,
    include: ['tester'],
    ...change,
  }),
  deploy: (id: string, change: Partial<DeployStep> = {}): DeployStep => ({
    kind: 'deploy',
    id,
    title: `Deploy ${id}`,
    onFail: 'rollback',
    target: id,
    revision: 'v2',
    repeatable: true,
    ...change,
  }),
  /** A deploy beside a flag of the same name. */
  deployTo: (target: string, change: Partial<DeployStep> = {}): DeployStep =>
    step.deploy(target, { id: `deploy-${target}`, ...change }),
  traffic: (id: string, flag: string, change: Partial<TrafficStep> = {}): TrafficStep => ({
    kind: 'traffic',
    id,
    title: `Ramp ${id}`,
    onFail: 'rollback',
    flag,
    percents: [50, 100],
    hold: windowSpec(),
    ...change,
  }),
  check: (id: string, change: Partial<CheckStep> = {}): CheckStep => ({
    kind: 'check',
    id,
    title: `Check ${id}`,
    onFail: 'rollback',
    check: { type: 'command', argv: ['true'], timeout: span(1000), env: [] },
    ...change,
  }),
  attest: (id: string, change: Partial<AttestStep> = {}): AttestStep => ({
    kind: 'attest',
    id,
    title: `Attest ${id}`,
    onFail: 'rollback',
    by: 'lead',
    evidence: 'optional',
    notApplicable: false,
    expires: span(60_000),
    remindEvery: span(30_000),
    ...change,
  }),
  watch: (id: string, change: Partial<WindowSpec> = {}): WatchStep => ({
    kind: 'watch',
    id,
    title: `Watch ${id}`,
    onFail: 'rollback',
    window: windowSpec(change),
  }),
  /** For a stage of the validation, as its baseline is. */
  throughout: (id: string): WatchStep => ({
    ...step.watch(id, { throughout: true, length: span(100), deadline: span(300) }),
    onFail: 'hold',
  }),
  baseline: (id: string, metrics: string[] = ['success']): BaselineStep => ({
    kind: 'baseline',
    id,
    title: 'New baselines',
    onFail: 'hold',
    metrics,
    over: span(200),
  }),
} as const;

/** A success metric that the run measures at its end. */
export const measuredKpi: Kpi = {
  id: 'healthy',
  group: 'technical',
  title: 'A KPI',
  target: '> 95%',
  kind: 'metric',
  metric: 'success',
  take: 'mean',
  unit: 'ratio',
  bound: { op: '>', value: 0.95, text: '> 95%' },
};

/** Clean-up of which everything begins at once; in the test environments time is compressed for it. */
export function cleanup(tasks: CleanupTask[], change: Partial<Cleanup> = {}, length = span(600_000)): Cleanup {
  const schedule = { unit: 'week', from: 1, to: 1 } as const;
  const groups = [{ id: 'week-1', title: 'At once', schedule, length, tasks }];
  return { title: 'Clean-up', remindEvery: span(600_000), groups, ...change };
}

export const task = {
  plain: (id: string, change: Partial<PlainTask> = {}): PlainTask => ({
    kind: 'task',
    id,
    title: `Do ${id}`,
    owner: 'lead',
    notApplicable: false,
    evidence: 'optional',
    ...change,
  }),
  kpi: (id: string, change: Partial<KpiTask> = {}): KpiTask => ({
    ...task.plain(id),
    kind: 'kpi',
    evidence: 'required',
    target: 'no loss',
    ...change,
  }),
  removal: (keys: string[], change: Partial<RemoveFlagsTask> = {}): RemoveFlagsTask => ({
    ...task.plain('remove-flags'),
    kind: 'remove-flags',
    keys,
    unread: windowSpec({ length: span(1), deadline: span(1) }),
    ...change,
  }),
};

const escalation = { 1: ['cto'], 2: ['lead'], 3: ['lead'] } as const;
const reaches = { 1: 'all', 2: 'component', 3: 'none' } as const;

export function severity(
  number: 1 | 2 | 3,
  causes: Array<Partial<IncidentCause> & { id: string }> = [],
  change: Partial<SeveritySpec> = {}
): SeveritySpec {
  return {
    severity: number,
    title: `Severity ${number}`,
    respondWithin: span(60_000),
    escalateTo: [...escalation[number]],
    escalateAfter: span(number === 1 ? 0 : 60_000),
    reach: reaches[number],
    action: `act as for severity ${number}`,
    causes: causes.map((cause) => ({ title: `The cause ${cause.id}`, ...cause })),
    ...change,
  };
}

/** Incidents with a war room for every trigger. */
export function incidents(change: Partial<Incidents> = {}): Incidents {
  return {
    severities: [
      severity(1, [{ id: 'leak', notifyUsers: true }]),
      severity(2, [{ id: 'component' }]),
      severity(3, [{ id: 'slow' }]),
    ],
    multipleWithin: span(86_400_000),
    warRoom: {
      triggers: ['severity-1', 'multiple-severity-2', 'rollback', 'customer-escalation'],
      within: span(60_000),
      roles: [
        { id: 'commander', title: 'Incident Commander', role: 'lead' },
        { id: 'sponsor', title: 'Executive Sponsor', role: 'cto' },
      ],
      procedure: [
        { id: 'activate', title: 'Activate the war room' },
        { id: 'assess', title: 'Assess the impact' },
      ],
      updateEvery: span(60_000),
      stakeholders: ['manager'],
    },
    postMortem: { within: span(172_800_000), by: 'lead', remindEvery: span(60_000) },
    ...change,
  };
}

export function approval(change: Partial<ApprovalSpec> = {}): ApprovalSpec {
  return {
    roles: { lead: 1 },
    expires: span(60_000),
    onExpiry: 'rollback',
    allowStarter: false,
    remindEvery: span(30_000),
    ...change,
  };
}

export function phase(id: string, change: Partial<Phase> = {}): Phase {
  return {
    id,
    title: `Phase ${id}`,
    after: [],
    before: [],
    steps: [step.flag(`${id}flag`)],
    successChecks: [],
    ...change,
  };
}

const success: Metric = { name: 'success', description: 'share of good answers', unit: 'ratio', gates: true };

export function plan(phases: Phase[], change: Partial<Plan> = {}): Plan {
  return {
    id: 'test-plan',
    title: 'A plan for tests',
    description: '',
    roles: { manager: 'Release manager', lead: 'Engineering lead', cto: 'CTO' },
    metrics: { success },
    phases,
    hold: { deadline: span(60_000), then: 'rollback' },
    rollback: { metrics: ['success'], window: windowSpec(), checks: [] },
    waivers: ['cto'],
    ...change,
  };
}

export function environment(id: string, change: Partial<Environment> = {}): Environment {
  const deploy = { read: ['read'], apply: ['apply'], undo: ['undo'], timeout: span(5000) };
  return {
    id,
    kind: 'test',
    title: 'Test',
    timeZone: 'UTC',
    people: [
      { name: 'dana', title: 'Release manager', roles: ['manager', 'lead'] },
      { name: 'erin', title: 'Engineering lead', roles: ['lead'] },
      { name: 'lee', title: 'Engineering lead', roles: ['lead'] },
      { name: 'carlos', title: 'CTO', roles: ['cto'] },
    ],
    trust: 'identity',
    flags: { provider: 'flagd', file: 'flags.json' },
    metrics: {
      provider: 'prometheus',
      url: 'http://127.0.0.1:1',
      lag: span(0),
      timeout: span(1000),
      headers: {},
      bindings: { success: { promql: 'success' } },
    },
    deploy: { core: deploy, tools: deploy },
    services: {},
    httpAllow: [],
    commands: { cwd: '.', env: {}, allow: ['true'] },
    notify: [{ kind: 'log', name: 'log' }],
    ...change,
  };
}

/** The run `migration/e/p`, as the workflows beside it know it. */
export function runIdentity(): RunIdentity {
  return {
    workflowId: 'migration/e/p',
    runId: 'r',
    planId: 'p',
    planTitle: 'P',
    digest: 'd',
    startedBy: 'dana',
    startedAt: 0,
  };
}

/** The third incident of a run: severity 2, opened by the guard. */
export function incidentInput(change: Partial<IncidentInput> = {}): IncidentInput {
  return {
    schemaVersion: 1,
    run: runIdentity(),
    number: 3,
    severity: 2,
    title: 'Slow',
    reason: 'p95 is 9 s',
    source: 'guard',
    openedBy: 'the guard',
    incidents: incidents(),
    rollback: plan([]).rollback,
    environment: environment('e'),
    ...change,
  };
}

export function runInput(frozenPlan: Plan, frozenEnvironment: Environment, startedBy = 'dana'): RunInput {
  const version: FrozenPlan = {
    digest: `sha256:${'0'.repeat(64)}`,
    plan: frozenPlan,
    environment: frozenEnvironment,
    vars: {},
  };
  return { schemaVersion: 1, versions: [version], startedBy };
}
