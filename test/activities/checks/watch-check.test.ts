import { describe, expect, it } from 'vitest';
import { watchCheck } from '../../../src/activities/checks/watch-check.js';
import type { CheckResult, WatchCheckInput } from '../../../src/activities/contract.js';
import type { Scope } from '../../../src/activities/scope.js';
import type { Verdict } from '../../../src/plan/judge-types.js';
import { testEnvironment } from '../../support/activities/environment.js';
import { testTools } from '../../support/activities/tools.js';

const minute = 60_000;
const t0 = Date.UTC(2026, 10, 28, 10);

function input(change: Partial<WatchCheckInput> = {}): WatchCheckInput {
  return {
    origin: { run: 'migration/test/plan', address: 'immediate/health#1', title: 'Health' },
    check: { type: 'command', argv: ['true'], timeout: { ms: 1000, planned: '1s' }, env: [] },
    environment: testEnvironment(),
    t0,
    everyMs: 30 * minute,
    until: t0 + 100 * minute,
    ...change,
  };
}

/** Time that passes only when somebody sleeps. */
function stage(
  verdicts: (at: number) => Verdict,
  { now = t0, scheduledAt = t0, heartbeat = undefined as unknown } = {}
) {
  const time = { now };
  const beats: unknown[] = heartbeat === undefined ? [] : [heartbeat];
  const looks: Array<{ minute: number; id: string }> = [];
  const tools = testTools({
    clock: { now: () => time.now, sleep: async (ms) => void (time.now += ms) },
  });
  const scope: Scope = {
    workflowId: 'w',
    runId: 'r',
    activityId: '7',
    attempt: 1,
    timeLeftMs: Infinity,
    scheduledAt,
    heartbeatDetails: heartbeat,
    heartbeat: (details) => void beats.push(JSON.parse(JSON.stringify(details))),
    signal: new AbortController().signal,
    cancelled: new Promise<never>(() => undefined),
    handedOver: () => Promise.resolve(false),
  };
  const check = async (_: WatchCheckInput, inner: Scope): Promise<CheckResult> => {
    const at = (time.now - t0) / minute;
    looks.push({ minute: at, id: inner.activityId });
    const verdict = verdicts(at);
    return {
      verdict,
      reason: `it is ${verdict}`,
      endedAt: time.now,
      evidence: { digest: `sha256:${looks.length}`, bytes: 1 },
    };
  };
  return { time, beats, looks, tools, run: (given = input()) => watchCheck(given, tools, scope, check) };
}

describe('a check that is made again and again', () => {
  it('looks on a grid, and once more at the end', async () => {
    const { run, looks } = stage(() => 'PASS');
    const result = await run();
    expect(looks.map((look) => look.minute)).toEqual([0, 30, 60, 90, 100]);
    expect(result).toMatchObject({ verdict: 'PASS', looks: 5, missed: 0, endedAt: t0 + 100 * minute });
    expect(result.reason).toBe('5 looks since 2026-11-28 10:00:00Z, all good; the last: it is PASS');
  });

  it('ends with the first look that fails', async () => {
    const { run, looks } = stage((at) => (at === 60 ? 'FAIL' : 'PASS'));
    expect(await run()).toMatchObject({
      verdict: 'FAIL',
      looks: 3,
      reason: expect.stringContaining('it is FAIL') as string,
    });
    expect(looks.map((look) => look.minute)).toEqual([0, 30, 60]);
  });

  it('looks again soon at what it could not judge, and goes on when it can', async () => {
    const { run, looks } = stage((at) => (at >= 30 && at < 32 ? 'HOLD' : 'PASS'));
    expect(await run()).toMatchObject({ verdict: 'PASS', looks: 7 });
    expect(looks.map((look) => look.minute)).toEqual([0, 30, 31, 32, 60, 90, 100]);
  });

  it('is on hold when three looks in a row could not judge, also at the end', async () => {
    const early = stage((at) => (at >= 30 ? 'HOLD' : 'PASS'));
    expect(await early.run()).toMatchObject({ verdict: 'HOLD', looks: 4 });
    const late = stage((at) => (at >= 100 ? 'HOLD' : 'PASS'));
    expect(await late.run()).toMatchObject({ verdict: 'HOLD', looks: 7 });
    expect(late.looks.slice(-3).map((look) => look.minute)).toEqual([100, 101, 102]);
  });

  it('looks once when its time is over already', async () => {
    const { run, looks } = stage(() => 'PASS');
    expect(await run(input({ until: t0 }))).toMatchObject({ verdict: 'PASS', looks: 1 });
    expect(looks).toHaveLength(1);
  });

  it('goes on where a worker died, and says how many looks were missed', async () => {
    const before = stage((at) => (at === 60 ? 'FAIL' : 'PASS'));
    await before.run();
    const afterTwo = before.beats[1];
    const { run, looks } = stage(() => 'PASS', { now: t0 + 95 * minute, heartbeat: afterTwo });
    const result = await run();
    expect(looks.map((look) => look.minute)).toEqual([95, 100]);
    expect(result).toMatchObject({ verdict: 'PASS', looks: 4, missed: 1 });
    expect(result.reason).toContain('1 missed while no worker ran');
  });

  it('is on hold when more were missed than nobody would miss', async () => {
    const before = stage((at) => (at === 60 ? 'FAIL' : 'PASS'));
    await before.run();
    const { run } = stage(() => 'PASS', { now: t0 + 200 * minute, heartbeat: before.beats[1] });
    const result = await run(input({ until: t0 + 200 * minute }));
    expect(result).toMatchObject({ verdict: 'HOLD', looks: 3, missed: 5 });
    expect(result.reason).toContain('5 missed while no worker ran');
  });

  it('counts what was missed before its first look, whether an attempt had begun or not', async () => {
    const never = stage(() => 'PASS', { now: t0 + 98 * minute });
    expect(await never.run()).toMatchObject({ verdict: 'HOLD', looks: 2, missed: 3 });
    const midLook = { looks: [], made: 0, missed: 0, inner: { command: 'x' } };
    const killed = stage(() => 'PASS', { now: t0 + 98 * minute, heartbeat: midLook });
    expect(await killed.run()).toMatchObject({ verdict: 'HOLD', looks: 2, missed: 3 });
  });

  it('misses nothing that was due before the check was asked for', async () => {
    const { run, looks } = stage(() => 'PASS', { now: t0 + 64 * minute, scheduledAt: t0 + 63 * minute });
    expect(await run()).toMatchObject({ verdict: 'PASS', looks: 3, missed: 0 });
    expect(looks.map((look) => look.minute)).toEqual([64, 90, 100]);
  });

  it('counts nothing as missed since a look took long', async () => {
    const { run, time } = stage((at) => {
      if (at === 30) time.now += 45 * minute;
      return 'PASS';
    });
    expect(await run()).toMatchObject({ verdict: 'PASS', missed: 0 });
  });

  it('begins again with a heartbeat that it does not understand', async () => {
    const { run } = stage(() => 'PASS', { heartbeat: { command: 'x' } });
    expect(await run()).toMatchObject({ verdict: 'PASS', looks: 5 });
  });

  it('makes each look an own one, so that no earlier result of a command is taken for it', async () => {
    const { run, looks } = stage(() => 'PASS');
    await run();
    expect(new Set(looks.map(({ id }) => id)).size).toBe(looks.length);
  });

  it('keeps every look as evidence', async () => {
    const { run, tools } = stage(() => 'PASS');
    const { evidence } = await run();
    const { document } = JSON.parse(await tools.evidence.get(evidence.digest)) as { document: { looks: unknown[] } };
    expect(document.looks).toHaveLength(5);
    expect(document.looks[4]).toMatchObject({ k: 4, verdict: 'PASS', at: t0 + 100 * minute });
  });
});
