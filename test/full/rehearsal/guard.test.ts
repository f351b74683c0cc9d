import { describe, expect, it } from 'vitest';
import type { FrozenPlan } from '../../../src/plan/model.js';
import { needs } from '../../support/needs.js';
import { fullLengthPlan, monday } from '../../support/simulated/full-length.js';
import { afterHours } from '../../support/simulated/people.js';
import { rehearse, type Rehearsed, type RehearsalOptions } from '../../support/simulated/rehearsal.js';
import { total } from '../../support/simulated/sizes.js';

const hour = 3_600_000;
const week = 7 * 24 * hour;
const frozen = await guardedPlan();

/** The shipped plan, whose metrics with thresholds are under guard. */
async function guardedPlan(): Promise<FrozenPlan> {
  const found = await fullLengthPlan();
  const { metrics } = found.plan;
  const watched = Object.values(metrics).filter(({ warning, critical }) => warning ?? critical);
  const guard = {
    every: { ms: 60_000, planned: '60s' },
    inARow: 2,
    recoveredInARow: 4,
    missingInARow: 4,
    metrics: watched.map(({ name }) => name),
  };
  return { ...found, plan: { ...found.plan, guard } };
}

async function play(options: Partial<RehearsalOptions> = {}): Promise<Rehearsed> {
  const install = 'apt-get install default-jdk-headless maven';
  const programs = { java: needs('java', install), mvn: needs('mvn', install) };
  const habit = afterHours('full length', frozen.plan);
  return rehearse(programs, { frozen, startAt: monday, startedBy: 'dana', habit, ...options });
}

describe('the guard of a run at full length, on simulated time', () => {
  it('watches from the first flag to the end of the validation, for fewer than 100 events a week', async () => {
    const { snapshot, sizes, world } = await play();
    expect(snapshot.run.state, snapshot.run.sentence).toBe('completed');
    const { guard, run, phases } = snapshot;
    const changedAt = phases.find(({ phase }) => phase === '1a')?.changedAt ?? 0;
    const endedAt = run.outcome?.endedAt ?? 0;
    expect(guard).toMatchObject({ state: 'ended', startedAt: expect.any(Number), news: [], alerts: [] });
    expect(world.guarded[0]?.since).toBe(changedAt);
    expect((guard?.startedAt ?? 0) - changedAt).toBeLessThan(60_000);
    const seenAt = Math.max(...(guard?.metrics ?? []).map((metric) => metric.seenAt ?? 0));
    // Its look was called off in the middle, so that it looked once more at the end.
    expect(Math.abs(endedAt - seenAt)).toBeLessThan(hour);

    const guards = sizes.filter(({ workflowId }) => workflowId.endsWith('/guard'));
    const weeks = (endedAt - changedAt) / week;
    expect(weeks).toBeGreaterThan(1.9);
    expect(total(guards).events / weeks).toBeLessThan(100);
    const { events, bytes } = total(sizes);
    expect(events).toBeLessThan(2000);
    expect(bytes).toBeLessThan(2 * 2 ** 20);
  });
});
