import { describe, expect, it } from 'vitest';
import { Changes } from '../../../src/client/timeline/changes.js';
import { holdGate, phaseStatus, record, second, snapshot, t } from '../support/snapshots.js';

const about = (changes: Changes, seen: Parameters<typeof snapshot>[0], now = t) =>
  changes.take(snapshot(seen), now).map((event) => `${event.about} ${event.state} ${event.text}`);

const held = (openedAt: number) => ({
  phases: [
    phaseStatus({
      gates: [holdGate({ openedAt })],
      steps: [record('window', { state: 'on hold', startedAt: undefined, endedAt: undefined })],
    }),
  ],
});
const running = (reason: string) => ({
  phases: [
    phaseStatus({ steps: [record('window', { state: 'running', startedAt: undefined, endedAt: undefined, reason })] }),
  ],
});

describe('what is new', () => {
  it('is each HOLD of one attempt, and that its data came back', () => {
    const changes = new Changes();
    expect(about(changes, held(t)).at(-1)).toMatch(/^1a\/window#1 on hold Watch window: /);
    expect(about(changes, held(t))).toEqual([]);
    expect(about(changes, running('no data; the data came back'))).toEqual([
      '1a/window#1 running Watch window: goes on (no data; the data came back)',
    ]);
    expect(about(changes, running('no data; the data came back'))).toEqual([]);
    expect(about(changes, held(t + second))).toEqual([expect.stringMatching(/^1a\/window#1 on hold Watch window: /)]);
  });

  it('is no recovery when the gate is only out of sight', () => {
    const changes = new Changes();
    about(changes, held(t));
    expect(about(changes, { ...running('no data'), noWorker: 'no worker answers' })).toEqual([
      'run no worker no worker answers',
    ]);
    expect(about(changes, held(t))).toEqual(['run worker a worker answers again']);
  });

  it('is that the server went away, once, and that it is back', () => {
    const changes = new Changes();
    about(changes, {});
    expect(about(changes, { away: 'no answer' })).toEqual(['run no server no answer; it is tried again']);
    expect(about(changes, { away: 'no answer' }, t + second)).toEqual([]);
    expect(about(changes, {}, t + 2 * second)).toEqual(['run server the server answers again']);
  });

  it('is that nobody polls where the run waits, once, and that somebody does', () => {
    const changes = new Changes();
    about(changes, {});
    expect(about(changes, { unpolled: 'no worker polls q' })).toEqual(['run no worker no worker polls q']);
    expect(about(changes, { unpolled: 'no worker polls q' }, t + second)).toEqual([]);
    expect(about(changes, {}, t + 2 * second)).toEqual(['run worker a worker has what waited for one']);
  });

  it('is each reason why an activity fails and is tried again, once', () => {
    const changes = new Changes();
    about(changes, {});
    const failing = (attempt: number, reason: string) => ({
      troubles: [
        { workflowId: 'migration/demo/test-plan/rollback/1a', activity: 'watchWindow', attempt, reason },
        { workflowId: 'migration/demo/test-plan/phase/1a', activity: 'runCheck', attempt, reason },
      ],
    });
    expect(about(changes, failing(2, 'no room'))).toEqual([
      'rollback/1a failing watchWindow failed, attempt 2: no room; it is tried again',
      '1a failing runCheck failed, attempt 2: no room; it is tried again',
    ]);
    expect(about(changes, failing(3, 'no room'))).toEqual([]);
    expect(about(changes, failing(4, 'read only'))).toHaveLength(2);
  });
});
