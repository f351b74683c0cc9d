import { describe, expect, it } from 'vitest';
import type { PhaseStatus, RollbackStatus, RunStatus, StepRecord } from '../../../src/plan/run-status.js';
import { alertDetails } from '../../../src/plan/text/alert-details.js';
import { phaseDetails, rollbackDetails, runDetails } from '../../../src/plan/text/details.js';
import { guardDetails } from '../../../src/plan/text/guard-details.js';
import { incidentDetails } from '../../../src/plan/text/incident-details.js';
import { parseMessage, type MessageName } from '../../../src/plan/wire.js';
import type { AlertStatus, GuardStatus, IncidentStatus } from '../../../src/plan/watch-status.js';
import { incidents } from '../../support/stage/plans.js';
import { holdOfWindow as gate, runningPhase } from '../support/running-phase.js';

/** The parts of a panel: a paragraph or a list each. */
const parts = (panel: string): string[] => panel.split('\n\n');
const many = (count: number): number[] => Array.from({ length: count }, (_, n) => n);
const refusals = many(4).map((n) => {
  return { at: 0, message: `approve ${n}`, reason: 'no role', ...(n === 3 ? {} : { by: `p${n}` }) };
});
const cancelAll = '_A Temporal cancel is a request to roll back everything._';

describe('the panel of an incident', () => {
  const incident: IncidentStatus = {
    schemaVersion: 1,
    workflowId: 'run/incident/1',
    runId: 'r',
    number: 1,
    severity: 1,
    title: 'Leak',
    reason: 'users are mixed up',
    source: 'guard',
    openedAt: 0,
    openedBy: 'guard',
    state: 'open',
    respondBy: 1000,
    tasks: [],
    notes: [],
    updates: [],
    postMortem: { by: 'lead' },
    timeline: [],
    refusals: [],
    sentence: 'Waits for erin.',
  };
  const warRoom: IncidentStatus['warRoom'] = {
    trigger: 'severity-1',
    openedAt: 0,
    activateBy: 1000,
    roles: [
      { id: 'commander', title: 'Commander', role: 'lead', person: 'erin' },
      { id: 'sponsor', title: 'Sponsor', role: 'cto' },
    ],
    steps: [
      { id: 'activate', title: 'Activate', doneAt: 0, by: 'erin', note: 'all are here' },
      { id: 'assess', title: 'Assess', doneAt: 0 },
      { id: 'respond', title: 'Respond' },
    ],
  };
  const procedure = [{ id: 'validate', title: 'Validate', doneBy: 'resolution' as const }];
  const led = incidents({ warRoom: { ...incidents().warRoom!, procedure } });
  const tasks = [{ id: 'notify-users', title: 'Notify the users' }];

  it.each<[string, Partial<IncidentStatus>, MessageName[], string?]>([
    ['acknowledged and resolved while it is open', {}, ['acknowledge', 'resolve']],
    ['resolved once it is acknowledged', { state: 'acknowledged' }, ['resolve']],
    ['given its post-mortem once it is resolved', { state: 'resolved' }, ['postmortem']],
    ['given nothing once it is closed', { state: 'closed', warRoom, tasks }, []],
    ['taken a step further, the first open one', { warRoom, tasks }, ['acknowledge', 'resolve', 'step'], 'respond'],
    ['taken a task further', { state: 'acknowledged', tasks }, ['resolve', 'step'], 'notify-users'],
    [
      'taken a task further, where the resolution takes the step that is open',
      { warRoom: { ...warRoom, steps: [{ id: 'validate', title: 'Validate' }] }, tasks },
      ['acknowledge', 'resolve', 'step'],
      'notify-users',
    ],
    [
      'taken a task further behind a procedure that is done',
      { state: 'resolved', warRoom: { ...warRoom, steps: warRoom.steps.slice(0, 2) }, tasks },
      ['step', 'postmortem'],
      'notify-users',
    ],
  ])('says how it can be %s', (_what, change, names, step) => {
    const panel = incidentDetails({ ...incident, ...change }, led, []);
    const lines = [...panel.matchAll(/^- \*\*(\w+)\*\* `(.*)`$/gm)].map(([, name = '', payload = '']) => {
      return { name: name as MessageName, payload: JSON.parse(payload) as Record<string, unknown> };
    });
    expect(lines.map(({ name }) => name)).toEqual(names);
    expect(lines.find(({ name }) => name === 'step')?.payload['step']).toBe(step);
    for (const { name, payload } of lines) expect(parseMessage(name, payload)).toMatchObject({ ok: true });
    expect(panel.includes('Answer here')).toBe(names.length > 0);
  });

  it('says what happens, who is in the war room, what is done, and what came before, newest first', () => {
    const timeline = many(21).map((n) => ({ at: n * 1000, text: `event ${n}` }));
    const told = { ...incident, state: 'closed' as const, warRoom, tasks, timeline, refusals };
    const all = parts(incidentDetails(told, incidents(), ['compressed time', 'names are believed']));
    expect(all.slice(0, 10)).toEqual([
      '**Waits for erin.**',
      '_Note: compressed time; names are believed._',
      'Because: users are mixed up',
      'Action: act as for severity 1',
      '**War room**',
      '- `commander` Commander: erin\n- `sponsor` Sponsor: nobody',
      '**Procedure and tasks**',
      [
        '- ✔ `activate` Activate — 1970-01-01 00:00:00Z by erin: all are here',
        '- ✔ `assess` Assess — 1970-01-01 00:00:00Z by nobody',
        '- · `respond` Respond',
        '- · `notify-users` Notify the users',
      ].join('\n'),
      '**Not taken**',
      '- approve 1 by p1: no role\n- approve 2 by p2: no role\n- approve 3 by somebody: no role',
    ]);
    const story = all[11]?.split('\n') ?? [];
    expect([story.length, story[0], story.at(-1)]).toEqual([
      20,
      '- 1970-01-01 00:00:20Z event 20',
      '- 1970-01-01 00:00:01Z event 1',
    ]);
    expect(all.at(-1)).toBe('_It cannot be cancelled: it ends when its post-mortem is done._');
  });

  it('has no parts of what is not there', () => {
    expect(parts(incidentDetails({ ...incident, state: 'closed' }, incidents(), []))).toEqual([
      '**Waits for erin.**',
      'Because: users are mixed up',
      'Action: act as for severity 1',
      '_It cannot be cancelled: it ends when its post-mortem is done._',
    ]);
  });
});

describe('the panel of a guard', () => {
  const guard: GuardStatus = {
    schemaVersion: 1,
    workflowId: 'run/guard',
    runId: 'r',
    state: 'ended',
    startedAt: 0,
    metrics: [
      { metric: 'errors', state: 'critical', since: 1000 },
      { metric: 'latency', state: 'ok', since: 1000 },
    ],
    alerts: ['run/alert/errors'],
    sentence: 'It has ended.',
  };

  it('says what it watches, since when something is wrong, and what it saw, newest first', () => {
    const news = many(21).map(
      (n) => ({ at: n * 1000, reason: `saw ${n}` }) as NonNullable<GuardStatus['news']>[number]
    );
    const all = parts(guardDetails({ ...guard, news }, 'Plan', []));
    expect(all.slice(0, 6)).toEqual([
      '**Guard of Plan. It has ended.**',
      '**What it watches, as last told**',
      '- `errors` critical since 1970-01-01 00:00:01Z\n- `latency` ok',
      '**Alerts, which people acknowledge there**',
      '- `run/alert/errors`',
      '**Seen, newest first**',
    ]);
    const seen = all[6]?.split('\n') ?? [];
    expect([all.length, seen.length, seen[0], seen.at(-1)]).toEqual([
      7,
      20,
      '- 1970-01-01 00:00:20Z saw 20',
      '- 1970-01-01 00:00:01Z saw 1',
    ]);
  });

  it('says while it watches that it waits for nobody', () => {
    const all = parts(guardDetails({ ...guard, state: 'watching', metrics: [], alerts: [] }, 'Plan', ['a', 'b']));
    expect(all).toEqual([
      '**Guard of Plan. It has ended.**',
      '_a; b_',
      expect.stringMatching(/^_It waits for nobody\./),
    ]);
  });
});

describe('the panel of an alert', () => {
  const alert: AlertStatus = {
    schemaVersion: 1,
    workflowId: 'run/alert/errors',
    runId: 'r',
    dedupKey: 'k',
    metric: 'errors',
    level: 'critical',
    state: 'firing',
    title: 'Errors',
    message: 'Too many.',
    reason: '9 %',
    openedAt: 0,
    deliveries: [],
    refusals: [],
    sentence: 'It fires.',
  };
  const cancel = '_A Temporal cancel closes the alert; it opens again with the next bad sample._';

  it('says who was told, by which channel, and who takes care of it', () => {
    const told = alertDetails(
      {
        ...alert,
        runbook: 'https://wiki/errors',
        acknowledged: { by: 'ola', at: 1000 },
        escalatedAt: 2000,
        deliveries: [
          { channel: 'pager', kind: 'opened', state: 'delivered', at: 0 },
          { channel: 'slack', kind: 'opened', state: 'failing', at: 0, reason: 'HTTP 503' },
        ],
        refusals: refusals.slice(2),
      },
      ['a', 'b']
    );
    expect(parts(told)).toEqual([
      '**It fires.**',
      'Too many.',
      'Runbook: https://wiki/errors',
      'Acknowledged by ola, 1970-01-01 00:00:01Z.',
      'Escalated 1970-01-01 00:00:02Z.',
      '_a; b_',
      '**Told, newest first**',
      '- ✖ slack: opened, 1970-01-01 00:00:00Z _failing_ — HTTP 503\n- ✔ pager: opened, 1970-01-01 00:00:00Z',
      '**Not taken**',
      '- approve 2 of p2: no role\n- approve 3 of somebody: no role',
      cancel,
    ]);
  });

  it('has no parts of what is not there, and cannot be cancelled when it is closed', () => {
    expect(parts(alertDetails(alert, []))).toEqual(['**It fires.**', 'Too many.', cancel]);
    expect(parts(alertDetails({ ...alert, state: 'closed' }, []))).toEqual(['**It fires.**', 'Too many.']);
  });
});

const health: StepRecord = {
  address: '1a/health#1',
  id: 'health',
  part: 'steps',
  kind: 'check',
  title: 'Health',
  state: 'running',
};

describe('the panel of a rollback', () => {
  it('says what is undone, what verifies it, and that nothing ends it early', () => {
    const status: RollbackStatus = {
      schemaVersion: 1,
      workflowId: 'run/rollback/1a',
      runId: 'r',
      state: 'rolling back',
      reason: 'too slow',
      phases: ['1a'],
      startedAt: 0,
      undos: [
        { entryId: '1a/b#1', covers: [], title: 'Turn off B', state: 'done' },
        { entryId: '1a/a#1', covers: [], title: 'Turn off A', state: 'failing', reason: 'no answer' },
      ],
      checks: [health],
      gates: [],
      refusals: refusals.slice(0, 1),
      sentence: 'Undoing 1 of 2 changes.',
    };
    expect(parts(rollbackDetails(status))).toEqual([
      '**Undoing 1 of 2 changes.**',
      'Because: too slow',
      '**Undone, in this order**',
      '- ✔ Turn off B\n- ✖ Turn off A _failing_ — no answer',
      '**Verified by**',
      '- ▶ Health _running_ `1a/health#1`',
      '**Not taken**',
      '- approve 0 by p0: no role',
      '_It cannot be paused or cancelled, and it ends only when nothing is left to undo._',
    ]);
  });
});

describe('the panel of a run', () => {
  const run: RunStatus = {
    schemaVersion: 1,
    workflowId: 'migration/e/p',
    runId: 'r',
    plan: { id: 'p', title: 'Plan', digest: 'sha256:0123456789abcdef' },
    environment: { id: 'e', kind: 'demo', trust: 'identity' },
    startedBy: 'dana',
    startedAt: 0,
    state: 'running',
    phases: [],
    rollbacks: [],
    refusals: [],
    remarks: [],
    sentence: 'It runs.',
  };
  const plan = 'Plan `p` `sha256:0123456789ab`, started by dana.';
  const elsewhere =
    'Gates are answered in the workflow of their phase (tab Relationships) or in a terminal: `phasegate status`.';

  it('says how its phases, its incidents, its guard and its rollbacks stand', () => {
    const phase = { workflowId: 'w', startedAt: 1000 };
    const told = runDetails({
      ...run,
      phases: [
        { ...phase, id: '1a', title: 'Core', state: 'rolled back', reason: 'too slow' },
        { ...phase, id: '1b', title: 'Tools', state: 'running' },
        { ...phase, id: '1c', title: 'Chat', state: 'running', now: { state: 'on hold', sentence: 'On hold.' } },
        { ...phase, id: '1d', title: 'Rest', state: 'completed' },
        { id: '1e', title: 'Last', state: 'running', workflowId: 'w' },
      ],
      incidents: [
        { workflowId: 'i/1', number: 1, severity: 1, title: 'Leak', openedAt: 0, state: 'open', warRoom: true },
        { workflowId: 'i/2', number: 2, severity: 3, title: 'Slow', openedAt: 0, state: 'closed', warRoom: false },
      ],
      guard: { workflowId: 'run/guard', state: 'watching', starts: 1, since: 0 },
      rollbacks: ['run/rollback/1a'],
      refusals,
      remarks: ['compressed time'],
    });
    expect(parts(told)).toEqual([
      '**It runs.**',
      '_Note: compressed time._',
      '**Phases**',
      [
        '- ↩ 1a Core _rolled back_ — too slow',
        '- ▶ 1b Tools _running_ — since 1970-01-01 00:00:01Z',
        '- ‖ 1c Chat _on hold_ — since 1970-01-01 00:00:01Z',
        '- ✔ 1d Rest',
        '- ▶ 1e Last _running_',
      ].join('\n'),
      '**Incidents**',
      '- severity 1, _open_, war room: Leak `i/1`\n- severity 3, _closed_: Slow `i/2`',
      'Guard: `run/guard`, _watching_.',
      '**Rollbacks**',
      '- `run/rollback/1a`',
      '**Not taken**',
      '- approve 1 by p1: no role\n- approve 2 by p2: no role\n- approve 3 by somebody: no role',
      plan,
      elsewhere,
      cancelAll,
    ]);
  });

  it.each([
    ['acknowledged', ', war room'],
    ['resolved', ''],
    ['closed', ''],
  ] as const)('says of an incident that is %s only what of its war room is still so: "%s"', (state, room) => {
    const incident = {
      workflowId: 'i/1',
      number: 1,
      severity: 1,
      title: 'Leak',
      openedAt: 0,
      state,
      warRoom: true,
    } as const;
    expect(runDetails({ ...run, incidents: [incident] })).toContain(`- severity 1, _${state}_${room}: Leak`);
  });

  it('says that its guard is lost, and when it has ended nothing of gates and cancels', () => {
    const lost = { workflowId: 'run/guard', state: 'lost', starts: 3, since: 0 } as const;
    const words = (why: string): string =>
      `**The guard is lost** after 3 starts: ${why}. Only the windows of the phases judge.`;
    expect(parts(runDetails({ ...run, guard: lost }))[1]).toBe(words('nobody knows why'));
    expect(parts(runDetails({ ...run, guard: { ...lost, reason: 'killed' } }))[1]).toBe(words('killed'));
    const outcome = { kind: 'completed', reason: 'all is done', endedAt: 0 } as const;
    expect(parts(runDetails({ ...run, outcome }))).toEqual(['**It runs.**', plan]);
    expect(parts(runDetails(run))).toEqual(['**It runs.**', plan, elsewhere, cancelAll]);
  });
});

describe('the panel of a phase', () => {
  const panelOf = (change: Partial<PhaseStatus>): string[] => parts(phaseDetails(runningPhase(change), []));

  it('keeps apart what is open and what is over, whose address nobody needs any more', () => {
    const states = ['running', 'passed', 'waiting', 'failed', 'on hold', 'waived', 'pending'] as const;
    const steps = states.map((state) => ({ ...health, title: state, state }));
    expect(panelOf({ steps }).slice(1, -1)).toEqual([
      '**Now**',
      [
        '- ▶ running _running_ `1a/health#1`',
        '- ◷ waiting _waiting_ `1a/health#1`',
        '- ‖ on hold _on hold_ `1a/health#1`',
        '- · pending',
      ].join('\n'),
      '**Done, newest first**',
      '- ⚠ waived _waived_\n- ✖ failed _failed_\n- ✔ passed',
    ]);
  });

  it('says of an end nothing of a cancel', () => {
    expect(panelOf({})).toEqual(['**It runs.**', cancelAll]);
    expect(panelOf({ endedAt: 0 })).toEqual(['**It runs.**']);
    expect(panelOf({ endedAt: 0, phase: 'cleanup' })).toEqual(['**It runs.**']);
  });

  it('has the answers of the five most urgent gates', () => {
    const gates = many(6).map((n) => ({ ...gate, address: `1a/g${n}#1`, deadlineAt: 6 - n }));
    const told = [...(panelOf({ gates })[2] ?? '').matchAll(/"gate":"1a\/(g\d)#1"/g)].map(([, id]) => id);
    expect(told).toEqual(['g5', 'g4', 'g3', 'g2', 'g1']);
  });

  it.each<[string, object, boolean]>([
    ['at a HOLD that takes back its phase alone', { gates: [{ ...gate, answers: ['retry', 'rollback'] }] }, true],
    ['at one of several gates', { gates: [gate, { ...gate, answers: ['rollback'] }] }, true],
    ['not where nothing can be taken back', { gates: [gate] }, false],
    ['not where the gate itself takes back all', { gates: [{ ...gate, reach: 'all', answers: ['rollback'] }] }, false],
    ['not before all phases', { phase: 'pre-deployment', gates: [{ ...gate, answers: ['rollback'] }] }, false],
  ])('says how to take back everything %s', (_what, change, said) => {
    expect(panelOf(change).some((part) => part.startsWith('To take back everything'))).toBe(said);
  });
});
