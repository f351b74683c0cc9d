import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { describe, expect, it } from 'vitest';
import { committed, replay } from './histories.js';

const histories = committed();

describe('recorded histories', () => {
  it('can be read at all: protobufjs is installed in the one version that the SDK needs', () => {
    expect(() => historyToJSON({ events: [] })).not.toThrow();
  });

  it('are there for every way in which a run ends', () => {
    const names = histories.map((one) => one.name).join(' ');
    const ends = [
      'completed',
      'failed',
      'rejected',
      'rolled-back',
      'cancelled',
      'terminated',
      'waived',
      'recovered',
      'reset',
    ];
    for (const end of ends) expect(names).toContain(end);
    for (const part of ['-migration', '-phase-', '-rollback-', '-locks', '-cleanup-']) expect(names).toContain(part);
  });

  it.each(histories.map((recorded) => [recorded.name, recorded] as const))('%s replays', async (_, recorded) => {
    await replay(recorded);
  });
});
