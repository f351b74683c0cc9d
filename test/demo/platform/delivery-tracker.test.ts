import type { Registry } from 'prom-client';
import { beforeEach, describe, expect, it } from 'vitest';
import type { DeliveryTracker } from '../../../demo/platform/delivery-tracker.js';
import { createMeasurements } from '../../../demo/platform/measurements.js';
import type { ChatEvent } from '../../../demo/platform/wire.js';

describe('the delivery tracker', () => {
  let registry: Registry;
  let tracker: DeliveryTracker;
  beforeEach(() => {
    const measurements = createMeasurements();
    registry = measurements.registry;
    tracker = measurements.delivery;
    tracker.clientOpened('ann');
    tracker.clientOpened('bob');
  });

  const event = (id: string, owner: string): ChatEvent => ({
    id,
    type: 'agent_started',
    source: 'agent-execution-core',
    requestId: 'r1',
    owner,
    data: {},
  });
  const sample = async (name: string) => {
    const text = (await registry.metrics()).split('\n').find((line) => line.startsWith(`${name} `));
    return Number(text?.split(' ')[1]);
  };

  it('counts an event once, however many connections of its user receive it', async () => {
    tracker.expect(event('1', 'ann'), 'ann', 'new');
    tracker.received(event('1', 'ann'), 'ann');
    tracker.received(event('1', 'ann'), 'ann');
    expect(await sample('chat_events_sent_total{path="new"}')).toBe(1);
    expect(await sample('chat_events_delivered_total{path="new"}')).toBe(1);
    expect(await sample('user_isolation_violations')).toBe(0);
  });

  it("sees a violation in another user's data and in another user's event, and no delivery in the latter", async () => {
    tracker.expect(event('1', 'bob'), 'ann', 'new');
    tracker.received(event('1', 'bob'), 'ann');
    expect(await sample('user_isolation_violations')).toBe(1);
    tracker.expect(event('2', 'ann'), 'ann', 'new');
    tracker.received(event('2', 'ann'), 'bob');
    expect(await sample('user_isolation_violations')).toBe(2);
    expect(await sample('chat_events_delivered_total{path="new"}')).toBe(1);
  });

  it('counts each user once whose data, or whose event, has reached somebody else', async () => {
    expect(await sample('chat_isolation_affected_users')).toBe(0);
    for (const id of ['1', '2']) {
      tracker.expect(event(id, 'bob'), 'ann', 'new');
      tracker.received(event(id, 'bob'), 'ann');
    }
    expect(await sample('chat_isolation_affected_users')).toBe(1);
    tracker.expect(event('3', 'bob'), 'ann', 'new');
    tracker.received(event('3', 'bob'), 'bob');
    expect(await sample('chat_isolation_affected_users')).toBe(2);
  });

  it('expects nothing for a user whose clients do not report', async () => {
    tracker.expect(event('1', 'eve'), 'eve', 'legacy');
    tracker.clientClosed('ann');
    tracker.expect(event('2', 'ann'), 'ann', 'legacy');
    expect(await sample('chat_events_sent_total{path="legacy"}')).toBe(0);
  });

  it('does not judge an event that has not had its second yet', () => {
    tracker.expect(event('1', 'ann'), 'ann', 'new');
    expect(tracker.rates()).toBeUndefined();
    expect(tracker.meanLatency()).toBeUndefined();
  });
});
