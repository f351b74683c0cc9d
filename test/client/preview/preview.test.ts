import { describe, expect, it } from 'vitest';
import { buildPreview } from '../../../src/client/preview/build-preview.js';
import { previewLines } from '../../../src/client/preview/preview-lines.js';
import { phaseTimes } from '../../../src/client/preview/times.js';
import { plain } from '../../../src/client/render/paint.js';
import { widthOf } from '../../../src/client/render/width.js';
import type { FrozenPlan, Phase } from '../../../src/plan/model.js';
import {
  approval,
  cleanup,
  environment,
  phase,
  plan,
  span,
  step,
  task,
  windowSpec,
} from '../../support/stage/plans.js';
import { digest, t } from '../support/snapshots.js';

const day = 24 * 60 * 60 * 1000;
const minutes = (n: number) => span(n * 60_000);
const window = windowSpec({ length: minutes(30), deadline: minutes(90), warmUp: minutes(1) });

function frozen(phases: Phase[], change: Partial<FrozenPlan> = {}): FrozenPlan {
  return { digest, plan: plan(phases), environment: environment('demo'), vars: { revision: 'v2' }, ...change };
}
function preview(phases: Phase[]) {
  return buildPreview({ frozen: frozen(phases), warnings: [], startedBy: 'dana', startAt: t });
}

describe('the times of a plan', () => {
  it('add up windows, traffic holds and soaks at their shortest; deadlines and expiries at their longest', () => {
    const planned = frozen([
      phase('1a', {
        steps: [
          step.flag('core'),
          step.deploy('core'),
          step.traffic('ramp', 'FLAG_CORE', { percents: [50, 100], hold: window }),
        ],
        success: window,
        approval: approval({ expires: minutes(60) }),
        soak: window,
      }),
    ]);
    const [times] = phaseTimes(planned, t);
    expect(times?.ends.shortestMs).toBe(4 * 31 * 60_000);
    // 4 windows to their deadlines, the deploy's timeout of 5 s, the approval's expiry.
    expect(times?.ends.longestMs).toBe(4 * 91 * 60_000 + 5_000 + 60 * 60_000);
  });

  it('take the slowest of what runs side by side', () => {
    const before = [step.attest('a', { expires: minutes(5) }), step.attest('b', { expires: minutes(9) })];
    expect(phaseTimes(frozen([phase('1a', { before })]), t)[0]?.ends).toEqual({ shortestMs: 0, longestMs: 9 * 60_000 });
  });

  it('wait for the days of a phase, and not for a stability window that is over by then', () => {
    const stable = step.check('stable', {
      check: { type: 'stable', phases: ['1a'], window: windowSpec({ length: span(2 * day) }) },
    });
    const phases = [phase('1a'), phase('1b', { schedule: { week: 1, days: [6, 7] }, before: [stable] })];
    const [, second] = phaseTimes(frozen(phases), Date.UTC(2026, 10, 22));
    expect(second?.begins.shortestMs).toBe(5 * day);
    expect(second?.ends.shortestMs).toBe(5 * day);
    const [, waiting] = phaseTimes(frozen([phase('1a'), phase('1b', { before: [stable] })]), t);
    expect(waiting?.ends.shortestMs).toBe(2 * day);
  });
});

describe('the schedule in a preview', () => {
  const night = { hours: { from: 20 * 60, to: 6 * 60 } };
  const sale = { from: '2026-11-22 00:00', to: '2026-11-24 00:00', reason: 'Sale' };
  const startAt = Date.UTC(2026, 10, 22, 10);
  function shown(phases: Phase[], blackouts = [sale]): string {
    const place = environment('demo', { timeZone: 'Europe/Berlin', blackouts });
    const facts = { warnings: [], startedBy: 'dana', startAt };
    return previewLines(buildPreview({ ...facts, frozen: frozen(phases, { environment: place }) }), plain, 200).join(
      '\n'
    );
  }

  it('says when a phase may start, in the time zone of its schedule, and what becomes of it in a freeze', () => {
    const text = shown([phase('1a', { schedule: { ...night, onFreeze: 'hold' } })]);
    expect(text).toContain('starts hours 20:00-06:00, opens after 37 h: Tue 2026-11-24 00:00 (Europe/Berlin)');
    expect(text).toContain('when a blackout begins it holds before its next step');
    expect(text).toContain('no phase starts from 2026-11-22 00:00 to 2026-11-24 00:00 (Europe/Berlin): Sale');
  });

  it('asks for the opening of a phase when those before it are done', () => {
    const [first, second] = phaseTimes(
      frozen([phase('1a', { soak: windowSpec({ length: span(day) }) }), phase('1b', { schedule: night })]),
      startAt
    );
    expect(first?.ends.shortestMs).toBe(day);
    expect(second?.begins.shortestMs).toBe(day + day * (10 / 24));
  });

  it('says that a phase could not start, and why', () => {
    expect(shown([phase('1a', { schedule: { week: 1, days: [1, 1] } })])).toContain(
      '! it could not start: its days (week 1, day 1) end at Mon 2026-11-23 00:00 (Europe/Berlin), and it would have to wait until'
    );
  });

  it('tells of a blackout that a phase without a schedule waits for', () => {
    expect(shown([phase('1a')])).toContain('starts after the blackout, opens after 37 h: Tue 2026-11-24 00:00');
    expect(shown([phase('1a')], [])).not.toContain('starts');
  });
});

describe('a preview', () => {
  it('names what is left to do after the run, by when and by whom, and what closes the way back', () => {
    const left = cleanup([task.removal(['FLAG_CORE']), task.plain('docs', { owner: 'cto' })]);
    const made = buildPreview({
      frozen: { ...frozen([]), plan: plan([phase('1a')], { cleanup: left }) },
      warnings: [],
      startedBy: 'dana',
      startAt: t,
    });
    const text = previewLines(made, plain, 200).join('\n');
    expect(text).toContain('At once (week 1)');
    expect(text).toContain('docs          Do docs  cto: carlos');
    expect(text).toContain(
      'removes FLAG_CORE when at 100 % and success > 95% for 1ms; from then on there is no way back'
    );
    expect(previewLines(preview([phase('1a')]), plain, 200).join('\n')).not.toContain('after the run; reminded');
  });

  it('says beside what the plan writes how long it really is where time is compressed', () => {
    const real = (ms: number, planned: string) => ({ ms, planned });
    const seen = preview([
      phase('1a', {
        before: [step.attest('team', { expires: real(600_000, '24h') })],
        steps: [step.watch('window', { length: real(10_000, '30m') })],
        success: windowSpec({ length: real(1_800_000, '30m') }),
        approval: approval({ expires: real(600_000, '24h') }),
      }),
    ]);
    const [shown] = seen.phases;
    expect(shown?.before[0]?.does).toContain('within 24h (here 10 min)');
    expect(shown?.steps[0]?.does).toMatch(/^watch 30m \(here 10 s\): /);
    expect(shown?.success?.for).toBe('30m');
    expect(shown?.approval?.expires).toBe('24h (here 10 min)');
  });

  it('says what exposes everybody at once: a flag at 100 % that no traffic step raises', () => {
    const seen = preview([
      phase('1a', { steps: [step.flag('core', { percent: 100 })] }),
      phase('1b', { steps: [step.flag('tools', { percent: 5 }), step.traffic('ramp', 'FLAG_TOOLS')] }),
    ]);
    expect(seen.exposesAtOnce).toEqual(['1a/core: Enable core']);
  });

  it('says what cannot be undone, and why', () => {
    const seen = preview([phase('1a', { steps: [step.deploy('core', { cannotUndo: 'the old schema is gone' })] })]);
    expect(seen.cannotUndo).toEqual(['1a/core: Deploy core']);
    expect(previewLines(seen, plain, 100).join('\n')).toContain('! CANNOT BE UNDONE: the old schema is gone');
  });

  it('names who could approve, without the one who starts it', () => {
    const seen = preview([phase('1a', { approval: approval({ roles: { lead: 1, cto: 1 } }) })]);
    expect(seen.phases[0]?.approval?.roles).toEqual({
      lead: { count: 1, people: ['erin', 'lee'] },
      cto: { count: 1, people: ['carlos'] },
    });
    expect(previewLines(seen, plain, 100).join('\n')).toContain(
      'approval by 1 lead (erin or lee) and 1 cto (carlos) within 60000ms, else roll back'
    );
  });

  it('counts, locks, remarks, and fits the terminal', () => {
    const seen = preview([
      phase('1a', {
        before: [step.attest('team')],
        steps: [step.flag('core'), step.deploy('core'), step.watch('w')],
        success: windowSpec(),
        approval: approval(),
      }),
    ]);
    expect(seen.counts).toEqual({ flags: 1, deploys: 1, windows: 2, approvals: 1, attestations: 1 });
    expect(seen.locks).toEqual(['plan/test-plan', 'flag/FLAG_CORE', 'deploy/core']);
    expect(seen.remarks).toEqual(['identities were not verified']);
    const lines = previewLines(seen, plain, 80);
    for (const line of lines.filter((one) => !one.includes('sha256:'))) expect(widthOf(line)).toBeLessThanOrEqual(110);
    expect(lines[1]).toBe(`migration/demo/test-plan · ${digest}`);
  });
});
