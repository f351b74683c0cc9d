import { describe, expect, it } from 'vitest';
import type { RunSnapshot } from '../../../src/client/read/snapshot.js';
import { paintFor, plain } from '../../../src/client/render/paint.js';
import { widthOf } from '../../../src/client/render/width.js';
import { footer, frame } from '../../../src/client/view/frame.js';
import { fit } from '../../../src/client/view/line.js';
import {
  approvalGate,
  deployEntry,
  flagEntry,
  heartbeat,
  holdGate,
  phaseStatus,
  record,
  rollback,
  run,
  second,
  snapshot,
  t,
  undo,
} from '../support/snapshots.js';

const now = t + 45 * second;
const columns = 100;

function drawn(of: RunSnapshot, paint = plain, rows = Infinity): string[] {
  const view = { paint, columns, now };
  return fit([...frame(of, view), ...footer(of, view)], columns, rows);
}

const before = [
  record('backups', { part: 'before' }),
  record('team', { part: 'before', kind: 'attest', state: 'passed' }),
];
const window = record('window', {
  kind: 'watch',
  title: 'Watch the key metrics',
  state: 'running',
  startedAt: t + 44 * second,
  window: { t0: t + 44 * second, lengthMs: 1000, planned: '30m', deadlineAt: t + 60 * second },
});
delete window.endedAt;

const inWindow = snapshot({
  phases: [
    phaseStatus({ steps: [...before, record('enable'), record('core'), window], ledger: [flagEntry, deployEntry] }),
  ],
  windows: [
    {
      workflowId: 'migration/demo/test-plan/phase/1a',
      heartbeat: heartbeat([0.99, 0.98, 0.9]),
      at: now,
    },
  ],
});

const asked = snapshot({
  phases: [
    phaseStatus({
      state: 'waiting',
      steps: [
        ...before,
        record('enable'),
        record('approval', { part: 'approval', kind: 'approval', state: 'waiting' }),
      ],
      gates: [approvalGate()],
    }),
  ],
});

describe('the picture of a run', () => {
  it('shows a running window with its progress and each criterion against its bound', () => {
    expect(drawn(inWindow)).toMatchInlineSnapshot(`
      [
        "A plan for tests in demo                                                         ▶ running  00:00:45",
        "demo/test-plan · plan sha256:9f3c21ab04de… · started by dana at 21:30:00 UTC",
        "! identities were not verified",
        "",
        "▶ 1a  Agent execution core   running       45 s",
        "    ✔ before the first change: 2 of 2 passed",
        "    ✔ Step enable                                                      1 s",
        "    ✔ Step core                                                        1 s",
        "    ▶ Watch the key metrics",
        "      ──────────────────── 1 s, at least 1 s · 0/11 samples in a row",
        "      may take until 21:31:00 UTC (in 15 s), then it fails and 1a is rolled back",
        "      ✖ breach  success > 95%  90%  █▇▁  1 breach, worst 90%",
        "    · then: success criteria for 1000ms · approval by 1 Engineering lead",
        "· 1b  Workflow orchestrator",
        "",
        "last  21:30:01  ✔  1a/team#1    Step team: as wanted",
        "      21:30:01  ✔  1a/enable#1  Step enable: as wanted",
        "      21:30:01  ✔  1a/core#1    Step core: as wanted",
        "      21:30:44  ▶  1a/window#1  Watch the key metrics",
        "",
        "Ctrl-C leaves, the run goes on · phasegate report demo/test-plan  # or: pause, rollback",
      ]
    `);
  });

  it('says who is awaited, until when, what happens then, and what to type', () => {
    expect(drawn(asked)).toMatchInlineSnapshot(`
      [
        "A plan for tests in demo                                                         ◷ waiting  00:00:45",
        "demo/test-plan · plan sha256:9f3c21ab04de… · started by dana at 21:30:00 UTC",
        "! identities were not verified",
        "",
        "◷ 1a  Agent execution core   waiting       45 s",
        "    ✔ before the first change: 2 of 2 passed",
        "    ✔ Step enable                                                      1 s",
        "    ◷ Step approval                                                    waiting 1 s",
        "      as wanted",
        "    · then: Deploy core · Watch window · success criteria for 1000ms",
        "· 1b  Workflow orchestrator",
        "",
        "◷ waiting for erin or lee until 21:31:30 UTC (in 45 s), then roll back",
        "    Approval of Agent execution core: needs 1 lead · 1a/approval#1",
        "    phasegate approve demo/test-plan --gate 1a/approval#1",
        "",
        "last  21:30:01  ✔  1a/backups#1   Step backups: as wanted",
        "      21:30:01  ✔  1a/team#1      Step team: as wanted",
        "      21:30:01  ✔  1a/enable#1    Step enable: as wanted",
        "      21:30:30  ◷  1a/approval#1  Approval of Agent execution core: waiting for erin or lee",
        "",
        "Ctrl-C leaves, the run goes on · phasegate report demo/test-plan  # or: pause, rollback",
      ]
    `);
  });

  it('says what a phase waits for before it may start, and until when where it happens', () => {
    const opening = 'until Tue 2026-11-24 20:00 (Europe/Berlin) for hours 20:00-06:00';
    const waiting = snapshot({ phases: [phaseStatus({ steps: [], opensAt: now + 3600 * second, opening })] });
    expect(drawn(waiting)).toContain(`    ◷ waits ${opening}, in 60 min`);
    const stage = snapshot({ phases: [phaseStatus({ steps: [], opensAt: now + 60 * second })] });
    expect(drawn(stage).join('\n')).toContain('◷ waits for its time to begin until 21:31:45 UTC (in 60 s)');
  });

  it('says what a running step waits for, until when, and what happens then', () => {
    const running = { state: 'running', startedAt: now - second, reason: undefined, endedAt: undefined } as const;
    const deploying = snapshot({
      phases: [phaseStatus({ steps: [...before, record('enable'), record('core', { ...running, kind: 'deploy' })] })],
    });
    expect(drawn(deploying)).toContain(
      '      waits for the deployment of core until 21:30:49 UTC (in 4 s), then on hold; if it fails, 1a is'
    );
    const looking = snapshot({ phases: [phaseStatus({ steps: [record('backups', { ...running, part: 'before' })] })] });
    expect(drawn(looking).join('\n')).toMatch(/waits for \S+ .*until \d\d:\d\d:\d\d UTC \(in .*\), then on hold/);
  });

  it('says what it means to wait for the locks', () => {
    const lines = drawn(snapshot({ run: run({ state: 'waiting for locks' }), phases: [] })).join(' ');
    expect(lines).toContain('◷ asks for the locks of its plan, flags and deploy targets');
    expect(lines).toMatch(/if another run holds one,\s+this run ends and nothing was changed/);
  });

  it('never cuts a command: one that is too wide goes on behind a backslash, as a shell reads it', () => {
    const held = snapshot({ phases: [phaseStatus({ state: 'on hold', gates: [holdGate()] })] });
    const view = { paint: plain, columns: 60, now, command: 'node bin/phasegate.js' };
    const lines = fit(frame(held, view), 60, Infinity);
    expect(lines).toContain('    node bin/phasegate.js retry demo/test-plan \\');
    expect(lines).toContain('      --gate 1a/window#1');
    expect(lines.filter((text) => text.includes('bin/phasegate')).join(' ')).not.toContain('…');
    const shell = lines.join('\n').replaceAll(/ \\\n +/g, ' ');
    expect(shell).toContain('node bin/phasegate.js waive demo/test-plan --gate 1a/window#1 --reason "why"');
  });

  it('names somebody who may answer only in a demo, where one person plays all of them', () => {
    const demo = run({ environment: { id: 'demo', kind: 'demo', trust: 'identity' } });
    expect(drawn({ ...asked, run: demo })).toContain(
      '    phasegate approve demo/test-plan --gate 1a/approval#1 --as erin'
    );
    expect(drawn(asked).join('\n')).not.toContain('--as');
  });

  it('names for each answer of a HOLD somebody who may give it', () => {
    const demo = run({ environment: { id: 'demo', kind: 'demo', trust: 'identity' } });
    const gate = { ...holdGate(), people: ['dana', 'carlos'], roles: { cto: 1 } };
    const lines = drawn(snapshot({ run: demo, phases: [phaseStatus({ state: 'on hold', gates: [gate] })] })).join('\n');
    expect(lines).toContain('phasegate retry demo/test-plan --gate 1a/window#1 --as dana');
    expect(lines).toContain('phasegate waive demo/test-plan --gate 1a/window#1 --reason "why" --as carlos');
  });

  it('offers at its foot what does nothing but look when the whole line is pasted into a shell', () => {
    for (const state of ['running', 'rolling back'] as const) {
      const feet = footer(snapshot({ run: run({ state }), phases: [] }), { paint: plain, columns, now });
      const [, typed = ''] = /· (phasegate .*)$/.exec(feet.at(-1)?.text ?? '') ?? [];
      expect(typed.replace(/ #.*$/, '').trim()).toMatch(/^phasegate (report|status) demo\/test-plan$/);
    }
  });

  it('says what Ctrl-C really does to a watch that another program started', () => {
    const view = { paint: plain, columns, now, leaving: 'stops the demo' };
    expect(footer(inWindow, view).map((one) => one.text)).toContain(
      'Ctrl-C stops the demo · phasegate report demo/test-plan  # or: pause, rollback'
    );
  });

  it('shows a HOLD with its reason and every answer that it takes', () => {
    const held = snapshot({ phases: [phaseStatus({ state: 'on hold', gates: [holdGate()] })] });
    const lines = drawn(held).join('\n');
    expect(lines).toContain('■ on hold until 21:31:30 UTC (in 45 s), then roll back');
    expect(lines).toContain('1a/window#1 Watch window: success could not be judged on 3 samples in a row (connection');
    expect(lines).toContain('asked: dana or carlos; anybody of the environment may retry or rollback; waive needs ');
    expect(lines).toContain('phasegate retry demo/test-plan --gate 1a/window#1');
    expect(lines).toContain('phasegate rollback demo/test-plan --phase 1a --reason "why"');
    expect(lines).toMatch(
      /to take back everything that the run changed, not only 1a:\n +phasegate rollback demo\/test-plan --reason "why"/
    );
    expect(lines).toContain('phasegate waive demo/test-plan --gate 1a/window#1 --reason "why"');
  });

  it('shows what is being taken back, undo by undo, and that the rollback goes on without the watcher', () => {
    const undoing = snapshot({
      run: run({ state: 'rolling back', rollbacks: ['migration/demo/test-plan/rollback/1a'] }),
      phases: [phaseStatus({ state: 'rolling back' })],
      rollbacks: [
        rollback({
          state: 'rolling back',
          undos: [
            undo('1a/enable#1'),
            undo('1a/core#1', {
              state: 'failing',
              title: 'deploy/core back to revision v1',
              reason: 'PG304: it said no',
            }),
          ],
        }),
      ],
    });
    const lines = drawn(undoing).join('\n');
    expect(lines).toContain('↩ rollback of 1a  because success breached');
    expect(lines).toMatch(/✔ flag\/FLAG_CORE back to off +done/);
    expect(lines).toMatch(/✖ deploy\/core back to revision v1 +failing: PG304: it said no/);
    expect(lines).toContain('Ctrl-C leaves, the rollback goes on');
  });

  it('folds a finished rollback to a line that says whether it is verified', () => {
    expect(drawn(snapshot({ rollbacks: [rollback()] })).join('\n')).toContain('1 change undone, ✔ verified');
    const bad = rollback({ verified: false, verification: 'no metrics' });
    expect(drawn(snapshot({ rollbacks: [bad] })).join('\n')).toContain('1 change undone, ✖ NOT verified: no metrics');
    const empty = rollback({ phases: [], undos: [] });
    expect(drawn(snapshot({ rollbacks: [empty] })).join('\n')).toContain(
      '↩ rollback with nothing left to undo  ✔ verified'
    );
  });

  it('says that no worker answers, and that identities were not verified', () => {
    const lines = drawn(snapshot({ noWorker: 'no worker answers: start one' })).join('\n');
    expect(lines).toContain('! no worker answers: start one');
    expect(lines).toContain('! identities were not verified');
  });

  it('says in which task queue a run waits unpolled', () => {
    const [, , , below] = drawn(snapshot({ unpolled: 'no worker polls phasegate-demo' }));
    expect(below).toBe('! no worker polls phasegate-demo');
  });

  it('says since when there is no news', () => {
    expect(drawn(snapshot({ at: now - 20 * second })).join('\n')).toContain('! no news since 21:30:25 UTC');
  });

  it('says how to go on after a pause, but not while everything is taken back', () => {
    const paused = { by: 'dana', reason: 'network', at: t };
    expect(drawn(snapshot({ run: run({ paused }) })).join('\n')).toContain('‖ paused by dana: network');
    const [top, , below] = drawn(snapshot({ run: run({ paused }) }));
    expect(top).toMatch(/‖ paused +00:00:45$/);
    expect(below).toBe('‖ paused by dana at 21:30:00 UTC: nothing new begins');
    const undoing = drawn(snapshot({ run: run({ paused, state: 'rolling back' }) })).join('\n');
    expect(undoing).not.toContain('phasegate resume');
  });

  it('shows activities that fail and are tried again', () => {
    const failing = snapshot({
      troubles: [
        { workflowId: 'migration/demo/test-plan/phase/1a', activity: 'watchWindow', attempt: 3, reason: 'refused' },
      ],
    });
    expect(drawn(failing).join('\n')).toContain('! watchWindow failed, attempt 3: refused');
  });

  it('shows them where a rollback waits for its verification, too', () => {
    const workflowId = 'migration/demo/test-plan/rollback/1a';
    const failing = snapshot({
      rollbacks: [rollback({ workflowId, state: 'rolling back' })],
      troubles: [{ workflowId, activity: 'watchWindow', attempt: 2, reason: 'PG310 no room' }],
    });
    expect(drawn(failing).join('\n')).toContain('! watchWindow failed, attempt 2: PG310 no room');
  });

  it('has no escape sequence without colour, and the same words with it', () => {
    const coloured = drawn(inWindow, paintFor({ never: false, env: { FORCE_COLOR: '1' }, isTTY: true }));
    const escape = /\u001b\[\d+m/g; // oxlint-disable-line no-control-regex
    expect(coloured.join('')).toMatch(escape);
    expect(coloured.map((line) => line.replace(escape, ''))).toEqual(drawn(inWindow));
  });

  it.each([20, 40, 80])('never is wider than %i columns', (wide) => {
    const view = { paint: plain, columns: wide, now };
    for (const line of fit(frame(inWindow, view), wide, Infinity)) expect(widthOf(line)).toBeLessThanOrEqual(wide);
  });

  it('leaves out what matters least on a small screen: the gate and the header stay', () => {
    const lines = drawn(asked, plain, 12);
    expect(lines).toHaveLength(12);
    expect(lines[0]).toContain('A plan for tests');
    expect(lines.join('\n')).toContain('phasegate approve demo/test-plan --gate 1a/approval#1');
    expect(lines.join('\n')).not.toContain('before the first change');
  });
});
