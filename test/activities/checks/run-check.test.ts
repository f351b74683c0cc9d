import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CheckInput, CheckResult } from '../../../src/activities/contract.js';
import { testEnvironment } from '../../support/activities/environment.js';
import { flagdFixture } from '../../support/activities/flagd-file.js';
import { activitiesOn } from '../../support/activities/run-activity.js';
import { hurriedClock, testTools } from '../../support/activities/tools.js';
import type { TestTools } from '../../support/activities/tools.js';

const origin = { run: 'migration/test/plan', address: '1a/smoke#2', title: 'Smoke tests' };

function run(tools: TestTools, check: CheckInput['check'], environment = testEnvironment()): Promise<CheckResult> {
  return activitiesOn({ ...tools, clock: hurriedClock }).runCheck({ origin, check, environment });
}

function command(script: string, env: string[] = []): CheckInput['check'] {
  return { type: 'command', argv: ['sh', '-c', script], timeout: { ms: 5_000, planned: '5s' }, env };
}

describe('a command check', () => {
  it.each([
    ['exit 0', 'PASS', /exited with 0$/],
    ['echo "3 of 4 passed"; exit 1', 'FAIL', /exited with 1: 3 of 4 passed$/],
    ['echo "no network" >&2; exit 3', 'HOLD', /could not find out \(exit 3: .*\): no network$/],
    ['exit 75', 'HOLD', /could not find out \(exit 75: .*does not know\)$/],
  ])('%s is %s', async (script, verdict, reason) => {
    const result = await run(testTools(), command(script));
    expect(result).toMatchObject({ verdict, reason: expect.stringMatching(reason) as string });
  });

  it('a missing program is HOLD', async () => {
    const check = { ...command(''), argv: ['./ops/smoke'] } as CheckInput['check'];
    expect(await run(testTools(), check)).toMatchObject({ verdict: 'HOLD' });
  });

  it('looks again when it is asked again: no earlier result is given for the same address', async () => {
    const tools = testTools();
    const check = command('[ -e mended ]');
    expect(await run(tools, check)).toMatchObject({ verdict: 'FAIL' });
    writeFileSync(join(tools.workdir, 'mended'), '');
    expect(await run(tools, check)).toMatchObject({ verdict: 'PASS' });
  });

  it('gives the last lines without escape sequences, and step, attempt and named variables to the command', async () => {
    const tools = testTools({ env: { PATH: process.env['PATH'], HOME: '/', GIVEN: 'canary-value', HIDDEN: 'no' } });
    const script = `printf '\\033[31mred\\033[0m\\n'; echo "$PHASEGATE_STEP $PHASEGATE_ATTEMPT $PHASEGATE_RUN"; echo "[$GIVEN] [$HIDDEN]"; [ "$GIVEN" = canary-value ]`;
    const result = await run(tools, command(script, ['GIVEN', 'NOT_SET']));
    expect(result).toMatchObject({ verdict: 'PASS' });
    expect(result.output).toBe('red\n1a/smoke 2 migration/test/plan\n[[secret env:GIVEN]] []');
  });
});

describe('a flag check', () => {
  const check = (expected: { enabled?: boolean; percent?: number }): CheckInput['check'] => ({
    type: 'flag',
    key: 'ENABLE_X',
    ...expected,
  });

  it('compares what is read back', async () => {
    const { tools, provider } = flagdFixture();
    expect(await run(tools, check({ enabled: false }))).toMatchObject({ verdict: 'PASS', reason: 'ENABLE_X is off' });
    await provider.write('ENABLE_X', { enabled: true, percent: 25 }, 'k');
    expect(await run(tools, check({ enabled: true, percent: 25 }))).toMatchObject({ verdict: 'PASS' });
    const wrong = await run(tools, check({ percent: 50 }));
    expect(wrong).toMatchObject({ verdict: 'FAIL', reason: 'ENABLE_X is on for 25 %, expected 50 %' });
    expect(await run(tools, check({ enabled: false }))).toMatchObject({ verdict: 'FAIL' });
  });

  it('an unknown flag is FAIL, a flag file that is gone or garbage is HOLD', async () => {
    const { tools, file } = flagdFixture('{"flags":{}}');
    expect(await run(tools, check({ enabled: true }))).toMatchObject({ verdict: 'FAIL' });
    writeFileSync(file, 'garbage');
    expect(await run(tools, check({ enabled: true }))).toMatchObject({ verdict: 'HOLD' });
    rmSync(file);
    const gone = await run(tools, check({ enabled: true }));
    expect(gone).toMatchObject({ verdict: 'HOLD', reason: expect.stringContaining('PG301') as string });
  });
});

describe('a metric check', () => {
  it('is dispatched to the metric source: one that gives no answer is HOLD', async () => {
    const criterion = {
      metric: 'error_rate',
      unit: 'ratio',
      text: 'error_rate < 1%',
      bound: { op: '<', value: 0.01, text: '< 1%' },
      onBreach: 'restart',
      increase: false,
    } as const;
    const environment = testEnvironment();
    environment.metrics.bindings['error_rate'] = { sample: 'error_rate' };
    const result = await activitiesOn(testTools()).runCheck({
      origin,
      check: { type: 'metric', criterion },
      environment,
    });
    expect(result.verdict).toBe('HOLD');
    expect(result.reason).toContain('error_rate < 1%');
  });
});
