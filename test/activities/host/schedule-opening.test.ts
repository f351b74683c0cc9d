import { describe, expect, it } from 'vitest';
import type { Client } from '@temporalio/client';
import { createHostActivities } from '../../../src/activities/host/index.js';

const noon = Date.UTC(2026, 10, 22, 12);
const question = { runStartedAt: noon, timeZone: 'UTC', schedule: { hours: { from: 720, to: 780 } } };

describe('when a phase may start is asked', () => {
  it.each([
    ['at the time of the host', noon - 1_000, {}, noon - 1_000],
    ['no earlier than what has surely passed', noon - 1_000, { notBefore: noon }, noon],
    ['at the time of the host when that is later', noon + 1_000, { notBefore: noon }, noon + 1_000],
  ])('%s', async (_what, now, more, askedAt) => {
    const host = createHostActivities({} as Client, { now: () => now });
    const answer = await host.scheduleOpening({ ...question, ...more });
    expect(answer).toMatchObject({ askedAt, opensAt: Math.max(askedAt, noon) });
  });
});
