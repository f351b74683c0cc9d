import { beforeEach, describe, expect, it } from 'vitest';
import type { Link } from '../../../src/client/connection/link.js';
import { UnpolledLook } from '../../../src/client/read/unpolled.js';
import { second, t } from '../support/snapshots.js';

/** Task queue -> when it was last polled. */
let polled: Record<string, number>;
let asked: string[];
let look: UnpolledLook;
beforeEach(() => {
  polled = {};
  asked = [];
  const describeTaskQueue = async ({ taskQueue: { name } }: { taskQueue: { name: string } }) => {
    asked.push(name);
    const at = polled[name];
    return { pollers: at === undefined ? [] : [{ identity: 'w', lastAccessTime: { seconds: at / 1000 } }] };
  };
  look = new UnpolledLook({
    call: (_what: string, ask: () => Promise<unknown>) => ask(),
    settings: { namespace: 'default' },
    temporal: { workflowService: { describeTaskQueue } },
  } as unknown as Link);
});

describe('a look at the task queues in which a run waits', () => {
  it('says which of them nobody polls, once each, and what to type', async () => {
    polled['phasegate-lab-windows'] = Date.now();
    expect(await look.text(['phasegate-lab', 'phasegate-lab', 'phasegate-lab-windows'], 'lab', t)).toBe(
      'no worker polls phasegate-lab, where this run waits for one. Start one with: phasegate worker --env lab'
    );
    expect(asked).toEqual(['phasegate-lab', 'phasegate-lab-windows']);
  });

  it('asks nobody while nothing waits', async () => {
    expect(await look.text([], 'lab', t)).toBeUndefined();
    expect(asked).toEqual([]);
  });

  it('asks again only after 15 s, however often a watch looks', async () => {
    const says = async (at: number) => (await look.text(['phasegate-lab'], 'lab', at)) !== undefined;
    expect(await says(t)).toBe(true);
    polled['phasegate-lab'] = Date.now();
    expect(await says(t + 14 * second)).toBe(true);
    expect(asked).toHaveLength(1);
    expect(await says(t + 15 * second)).toBe(false);
    expect(asked).toHaveLength(2);
  });
});
