import { ActivityCancellationDetails, CancelledFailure } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import type { WatchMetricsResult } from '../../../src/activities/contract.js';
import { rules, signs, take, told } from '../../support/guard/guards.js';
import { guarding, guardInput, hour } from '../../support/guard/guarding.js';
import { fakeReader, type FakeReader, type Series } from '../../support/metrics/fake-reader.js';
import { virtualClock } from '../../support/metrics/virtual-clock.js';
import { second, span, t0 } from '../../support/metrics/windows.js';

const secondOf = (instant: number): number => (instant - t0) / second;
const well: Series = () => 0.99;
/** Critical for five seconds, an hour later for two minutes at its warning. */
const eventful: Series = (at) => {
  const when = secondOf(at);
  if (when >= 20 && when < 25) return 0.5;
  return when >= 3600 && when < 3720 ? 0.85 : 0.99;
};

function instantsOf({ calls }: FakeReader): number[] {
  return calls.flatMap(({ instants }) => instants.map(secondOf)).toSorted((a, b) => a - b);
}

async function undisturbed(series: Series): Promise<WatchMetricsResult> {
  return guarding(guardInput(), { clock: virtualClock(t0), reader: fakeReader({ success_rate: series }) }).result;
}

describe('the activity of a guard', () => {
  it('returns at once when there is news that somebody must hear of', async () => {
    const reader = fakeReader({ success_rate: eventful });
    const found = await guarding(guardInput(), { clock: virtualClock(t0), reader }).result;
    expect(told(found.news)).toEqual(['21 success_rate ok -> critical']);
    expect(found.endedAt).toBe(t0 + 21 * second);
    expect(instantsOf(reader)).toEqual(Array.from({ length: 22 }, (_, index) => index));
  });

  it('asks for each instant once, when the source surely has it', async () => {
    const clock = virtualClock(t0);
    const asked: number[] = [];
    const reader = fakeReader({
      success_rate: (at) => {
        asked.push(clock.now() - at);
        return 0.99;
      },
    });
    await guarding(guardInput({ longestMs: 60 * second }, { lag: span(5 * second) }), { clock, reader }).result;
    expect(new Set(asked)).toEqual(new Set([5 * second]));
  });

  it('returns with what comes back when its incident may have been resolved meanwhile', async () => {
    const { state } = take(rules(), signs('!!...!!......!!............!!............'));
    const { clock, reader } = {
      clock: virtualClock(t0 + state.nextK * second),
      reader: fakeReader({ success_rate: () => 0.5 }),
    };
    const found = await guarding(guardInput({ state, resolvesInMs: 10 * second }), { clock, reader }).result;
    expect(told(found.news)).toEqual([`${state.nextK + 1} success_rate critical -> critical`]);
  });

  it('returns without news when its time is over, and records what nobody must hear of now', async () => {
    const reader = fakeReader({ success_rate: () => 0.92 });
    const found = await guarding(guardInput(), { clock: virtualClock(t0), reader }).result;
    expect(told(found.news)).toEqual(['1 success_rate ok -> off-target']);
    expect(found.state.nextK).toBe(3601);
    expect(found.endedAt).toBe(t0 + hour);
  });

  it('goes on where the one before it ended, and misses nothing that was in between', async () => {
    const clock = virtualClock(t0);
    const reader = fakeReader({ success_rate: eventful });
    const first = await guarding(guardInput(), { clock, reader }).result;
    clock.set(t0 + 300 * second);
    const input = guardInput({ state: first.state, longestMs: 4 * hour });
    const second_ = await guarding(input, { clock, reader, scheduledAt: clock.now() }).result;
    expect(told(second_.news)).toEqual(['27 success_rate critical -> ok']);
    clock.set(t0 + 2 * hour);
    const third = await guarding({ ...input, state: second_.state }, { clock, reader, scheduledAt: clock.now() })
      .result;
    // It came and went while nobody was there.
    expect(told(third.news)).toEqual(['3601 success_rate ok -> warning']);
    expect(instantsOf(reader).filter((when) => when <= 3601)).toEqual(
      expect.arrayContaining(Array.from({ length: 3602 }, (_, index) => index))
    );
  });

  it.each([1, 3, 5, 8, 13, 20])('comes to the same when its worker dies at heartbeat %i', async (at) => {
    const whole = await undisturbed(eventful);
    const reader = fakeReader({ success_rate: eventful });
    const clock = virtualClock(t0);
    let beats = 0;
    const first = guarding(guardInput(), {
      clock,
      reader,
      onHeartbeat: (_, cancel) => {
        beats += 1;
        if (beats === at) cancel('WORKER_SHUTDOWN', new ActivityCancellationDetails({ workerShutdown: true }));
      },
    });
    await expect(first.result).rejects.toThrow(CancelledFailure);
    clock.set(clock.now() + 40 * second);
    const next = guarding(guardInput(), { clock, reader, heartbeatDetails: first.heartbeats.at(-1) });
    expect(await next.result).toEqual(whole);
  });

  it('comes to the same when the heartbeat is lost, or is of something else', async () => {
    const whole = await undisturbed(eventful);
    for (const heartbeatDetails of [undefined, 'nonsense', { state: { t0, nextK: 5 }, news: [] }]) {
      const clock = virtualClock(t0 + 60 * second);
      const reader = fakeReader({ success_rate: eventful });
      expect(await guarding(guardInput(), { clock, reader, heartbeatDetails }).result).toEqual(whole);
    }
  });

  it('ends with what it has seen when it is called off', async () => {
    const found = await guarding(guardInput(), {
      clock: virtualClock(t0),
      reader: fakeReader({ success_rate: () => 0.92 }),
      onHeartbeat: ({ state }, cancel) => {
        if (state.nextK === 30) cancel('CANCELLED', new ActivityCancellationDetails({ cancelRequested: true }));
      },
    }).result;
    expect(found.state.nextK).toBe(30);
    expect(told(found.news)).toEqual(['1 success_rate ok -> off-target']);
  });

  it('catches up with all that is due, past news that somebody must hear of', async () => {
    const clock = virtualClock(t0 + 2 * hour);
    const reader = fakeReader({ success_rate: eventful });
    const input = guardInput({ longestMs: 0, catchUp: true });
    const { result, heartbeats } = guarding(input, { clock, reader, scheduledAt: clock.now() });
    const found = await result;
    // A worker that lives for seconds only must come further, too.
    expect(heartbeats.map(({ state }) => state.nextK)).toEqual(expect.arrayContaining([10, 30, 70, 150, 310, 560]));
    expect(told(found.news)).toEqual([
      '21 success_rate ok -> critical',
      '27 success_rate critical -> ok',
      '3601 success_rate ok -> warning',
      '3722 success_rate warning -> ok',
    ]);
    expect([found.state.nextK, clock.now()]).toEqual([7201, t0 + 2 * hour]);
  });

  it('catches up with nothing that came about after it was called for', async () => {
    const clock = virtualClock(t0 + 2 * hour);
    const input = guardInput({ longestMs: 0, catchUp: true });
    const reader = fakeReader({ success_rate: eventful });
    const { state } = await guarding(input, { clock, reader, scheduledAt: t0 + hour }).result;
    expect(state.nextK).toBe(3601);
  });

  it('begins no earlier than a moment before it was scheduled, where the clock of the workflow may be late', async () => {
    const clock = virtualClock(t0 + hour);
    const reader = fakeReader({ success_rate: well });
    const input = guardInput({ reachBackMs: 60 * second, longestMs: 10 * second });
    const { state } = await guarding(input, { clock, reader, scheduledAt: t0 + hour }).result;
    expect(state.t0).toBe(t0 + hour - 60 * second);
  });

  it('says no data for what a source without a memory forgot', async () => {
    const clock = virtualClock(t0 + 60 * second);
    const reader = fakeReader({ success_rate: well }, { memory: false });
    const found = await guarding(guardInput(), { clock, reader }).result;
    expect(told(found.news)).toEqual(['2 blind']);
  });

  it('adds what the environment binds as context of a metric, as far as it has one value', async () => {
    const context = { users: 'users_affected', errors: 'errors_seen', owner: 'nobody_knows' };
    const bindings = { success_rate: { promql: 'success_rate', context } };
    const values: Record<string, number | undefined> = { users: 12, errors: 3.14159265 };
    const input = guardInput({}, { bindings });
    const found = await guarding(input, {
      clock: virtualClock(t0),
      readerOf: ({ bindings: bound }) =>
        fakeReader({
          success_rate: eventful,
          ...Object.fromEntries(
            Object.keys(bound)
              .filter((name) => name !== 'success_rate')
              .map((name) => [name, () => values[name]])
          ),
        }),
    }).result;
    expect(found.news[0]).toMatchObject({ kind: 'metric', context: { users: '12', errors: '3.14159' } });
    expect(found.news[0]).not.toHaveProperty('context.owner');
  });

  it('keeps its heart beating while a source takes its time', async () => {
    const clock = virtualClock(t0);
    const reader: FakeReader = {
      ...fakeReader({}),
      at: async () => {
        await clock.sleep(20 * second);
        return { success_rate: { kind: 'error', reason: 'no answer within 20s' } };
      },
      range: (_, instants) => Promise.resolve(instants.map(() => ({ success_rate: { kind: 'no-data' as const } }))),
    };
    const { result, heartbeats } = guarding(guardInput(), { clock, reader });
    expect(told((await result).news)).toEqual(['2 blind']);
    expect(heartbeats.length).toBeGreaterThanOrEqual(4);
  });

  it('costs no request but one for each metric and instant', async () => {
    const reader = fakeReader({ success_rate: well });
    await guarding(guardInput({ longestMs: 600 * second }), { clock: virtualClock(t0), reader }).result;
    expect(reader.calls).toHaveLength(601);
    expect(new Set(reader.calls.map(({ how }) => how))).toEqual(new Set(['at']));
  });
});
