import { describe, expect, it } from 'vitest';
import { isAlerting, mattersNow, toldState, type GuardNews, type GuardState } from '../../../src/plan/guard/state.js';
import { freshGuard, guardStatus, watchedCauses, type GuardCarried } from '../../../src/plan/guard/status.js';
import type { GuardInput } from '../../../src/plan/run-input.js';
import type { MetricState } from '../../../src/plan/watch-status.js';
import { guardSpec, latency, rules, signs, successRate, take, type Row } from '../../support/guard/guards.js';
import { t0, value } from '../../support/metrics/windows.js';
import { environment, incidents, runIdentity, severity } from '../../support/stage/plans.js';

const started = t0 - 5_000;
const ids = { workflowId: 'migration/e/p/guard', runId: 'g' };
const when = { metric: 'latency', slower: { above: 0.2 } };

function input(change: Partial<GuardInput> = {}): GuardInput {
  const metrics = [successRate, latency];
  return {
    schemaVersion: 1,
    run: runIdentity(),
    guard: guardSpec({ metrics: metrics.map(({ name }) => name) }),
    metrics,
    environment: environment('e'),
    since: started,
    baseline: {},
    ...change,
  };
}

/** What it is after these samples of the success rate, beside a latency that is well unless told otherwise. */
function saw(text: string, other: Row = { latency: value(1) }): GuardState {
  return take(
    rules([successRate, latency]),
    signs(text).map((row) => ({ ...row, ...other }))
  ).state;
}

function status(change: Partial<GuardCarried> = {}, given = input(), facts: { endedAt?: number } = {}) {
  return guardStatus(given, { ...freshGuard(given, started), ...change }, { ...ids, ...facts });
}

describe('the status of a guard', () => {
  it('before its first look says that all are well since it began', () => {
    expect(status()).toEqual({
      schemaVersion: 1,
      ...ids,
      state: 'watching',
      startedAt: started,
      metrics: [
        { metric: 'success_rate', state: 'ok', since: started },
        { metric: 'latency', state: 'ok', since: started },
      ],
      alerts: [],
      news: [],
      evidence: [],
      sentence: 'Watches 2 metrics every 1 s; all are well.',
    });
  });

  it('says what a metric was before the first change, where that is known', () => {
    const { metrics } = status({}, input({ baseline: { latency: 0.5, other: 7 } }));
    expect(metrics).toEqual([
      { metric: 'success_rate', state: 'ok', since: started },
      { metric: 'latency', state: 'ok', since: started, baseline: 0.5 },
    ]);
  });

  it('says of each metric what it is, since when, and what was seen last', () => {
    const news: GuardNews[] = [{ kind: 'blind', blind: true, at: 1, reason: 'x' }];
    expect(status({ watch: saw('.!!.'), alerts: ['success_rate'], news })).toMatchObject({
      state: 'watching',
      metrics: [
        { metric: 'success_rate', state: 'critical', value: 0.99, seenAt: t0 + 3_000, since: t0 + 2_000 },
        { metric: 'latency', state: 'ok', value: 1, seenAt: t0 + 3_000, since: t0 },
      ],
      alerts: ['migration/e/p/alert/success_rate'],
      news,
      sentence: 'Watches 2 metrics every 1 s; critical: success_rate 99% (since 2026-11-22 10:00:02Z).',
    });
  });

  it.each<[string, GuardState, string]>([
    [
      'the worst first',
      saw('ww', { latency: value(6) }),
      'critical: latency 6s (since 2026-11-22 10:00:01Z); warning: success_rate 85% (since 2026-11-22 10:00:01Z)',
    ],
    [
      'those of a kind together',
      saw('ww', { latency: value(4) }),
      'warning: success_rate 85% (since 2026-11-22 10:00:01Z), latency 4s (since 2026-11-22 10:00:01Z)',
    ],
    ['what only misses its target without an instant', saw('oo'), 'off-target: success_rate 92%'],
    ['what has no data without a value', saw('.---'), 'no-data: success_rate (since 2026-11-22 10:00:03Z)'],
  ])('names %s', (_, watch, said) => {
    expect(status({ watch }).sentence).toBe(`Watches 2 metrics every 1 s; ${said}.`);
  });

  it('that can measure nothing has been blind since then; what was critical before stays so', () => {
    const blind = saw('!!eee', { latency: { kind: 'no-data' } });
    expect(status({ watch: blind })).toMatchObject({
      state: 'blind',
      metrics: [
        { metric: 'success_rate', state: 'critical', value: 0.5, since: t0 + 1_000 },
        { metric: 'latency', state: 'no-data', since: t0 + 4_000 },
      ],
      sentence: 'The guard has been blind since 2026-11-22 10:00:04Z: none of its 2 metrics can be measured.',
    });
  });

  it('that watches but one metric says so', () => {
    const one = input({ metrics: [successRate], guard: guardSpec() });
    const watch = take(rules(), signs('---')).state;
    expect(status({}, one).sentence).toBe('Watches one metric every 1 s; all are well.');
    expect(status({ watch }, one).sentence).toBe(
      'The guard has been blind since 2026-11-22 10:00:02Z: its one metric cannot be measured.'
    );
  });

  it('that sees again while a metric is still missing says since when that one is', () => {
    const rows = [...signs('---').map((row) => ({ ...row, latency: { kind: 'no-data' as const } })), ...signs('...')];
    const half = take(rules([successRate, latency]), rows).state;
    expect(status({ watch: half })).toMatchObject({
      state: 'watching',
      metrics: [{ state: 'ok' }, { state: 'no-data', since: t0 + 5_000 }],
    });
  });

  const unwatched = { since: t0 + 60_000, reason: 'no worker answers' };
  it.each<[string, GuardState | undefined, MetricState, number]>([
    ['never', undefined, 'no-data', unwatched.since],
    ['when it was well', saw('..'), 'no-data', unwatched.since],
    ['when it was critical', saw('!!'), 'critical', t0 + 1_000],
  ])('while nobody watches says so of a metric that was seen %s', (_, watch, state, since) => {
    const told = status({ unwatched, ...(watch ? { watch } : {}) });
    expect(told).toMatchObject({ state: 'blind', metrics: [{ state, since }, { state: 'no-data' }] });
    expect(told.sentence).toBe('Nobody has watched 2 metrics since 2026-11-22 10:01:00Z: no worker answers.');
  });

  it('that has ended says how it was at last', () => {
    expect(status({ watch: saw('oo') }, input(), { endedAt: t0 })).toMatchObject({
      state: 'ended',
      endedAt: t0,
      sentence: 'The guard has ended; at last: off-target: success_rate 92%.',
    });
    expect(status({ unwatched }, input(), { endedAt: t0 }).state).toBe('ended');
  });

  it('names what nobody can judge without a baseline', () => {
    const given = {
      incidents: incidents({
        severities: [
          severity(3, [
            { id: 'a', when },
            { id: 'b', when },
          ]),
        ],
      }),
    };
    const untold = ' Nobody knows a baseline for: The cause a, The cause b.';
    expect(status({}, input(given)).sentence).toBe(`Watches 2 metrics every 1 s; all are well.${untold}`);
    expect(status({ unwatched }, input(given)).sentence).toMatch(/answers\. Nobody knows a baseline for: /);
    expect(status({}, input({ ...given, baseline: { latency: 1 } })).sentence).not.toContain('baseline');
  });
});

describe('the causes that a guard decides', () => {
  it('are those with a rule, of all severities, in their order', () => {
    const severities = [severity(1, [{ id: 'a', when }, { id: 'told' }]), severity(3, [{ id: 'b', when }])];
    expect(watchedCauses({ incidents: incidents({ severities }) })).toEqual([
      { id: 'a', title: 'The cause a', when },
      { id: 'b', title: 'The cause b', when },
    ]);
    expect(watchedCauses({})).toEqual([]);
  });
});

describe('what somebody must hear now', () => {
  it.each<[MetricState, boolean]>([
    ['ok', false],
    ['off-target', false],
    ['warning', true],
    ['no-data', true],
    ['critical', true],
  ])('a metric that is %s: %s', (state, is) => {
    expect(isAlerting(state)).toBe(is);
    const news = { kind: 'metric', metric: 'm', at: 0, reason: '' } as const;
    expect(mattersNow({ ...news, from: 'ok', to: state })).toBe(is);
    expect(mattersNow({ ...news, from: state, to: 'off-target' })).toBe(is);
  });

  it('is every cause, and that nothing can be measured', () => {
    expect(mattersNow({ kind: 'blind', blind: false, at: 0, reason: '' })).toBe(true);
    expect(mattersNow({ kind: 'cause', cause: 'c', metric: 'm', holds: false, at: 0, reason: '' })).toBe(true);
  });

  it('is a rank in what is kept', () => {
    const watch = saw('.').metrics['latency']!;
    const states = [0, 1, 2, 3, 4].map((rank) => toldState({ ...watch, told: { ...watch.told, rank } }));
    expect(states).toEqual(['ok', 'off-target', 'warning', 'no-data', 'critical']);
  });
});
