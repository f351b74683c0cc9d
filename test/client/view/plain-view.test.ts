import { describe, expect, it } from 'vitest';
import { plain } from '../../../src/client/render/paint.js';
import { PlainView } from '../../../src/client/view/plain-view.js';
import { approvalGate, phaseStatus, record, run, second, snapshot, t } from '../support/snapshots.js';

describe('the plain view', () => {
  it('prints one line for each thing that is new, with its time, its place and its state', () => {
    const view = new PlainView(plain);
    expect(view.lines(snapshot(), t)).toEqual([
      '2026-11-22T21:30:00Z  run  ▶ running  started by dana',
      '2026-11-22T21:30:00Z  1a  ▶ running  Agent execution core: started',
    ]);
    const next = snapshot({ phases: [phaseStatus({ steps: [record('enable')] })] });
    expect(view.lines(next, t + second)).toEqual([
      '2026-11-22T21:30:00Z  1a/enable#1  ▶ running  Step enable',
      '2026-11-22T21:30:01Z  1a/enable#1  ✔ passed  Step enable: as wanted',
    ]);
    expect(view.lines(next, t + 2 * second)).toEqual([]);
  });

  it('proves once a minute that a quiet run is alive, and says what it waits for', () => {
    const view = new PlainView(plain);
    const waiting = snapshot({ phases: [phaseStatus({ state: 'waiting', gates: [approvalGate({ openedAt: t })] })] });
    view.lines(waiting, t);
    expect(view.lines(waiting, t + 59 * second)).toEqual([]);
    expect(view.lines(waiting, t + 60 * second)).toEqual([
      '2026-11-22T21:31:00Z  1a/approval#1  ◷ waiting  still waiting for erin or lee until 21:31:30 UTC (in 30 s), then roll back',
    ]);
    expect(view.lines(waiting, t + 61 * second)).toEqual([]);
  });

  it('says once that no worker answers, and when one does again', () => {
    const view = new PlainView(plain);
    view.lines(snapshot(), t);
    const away = snapshot({ noWorker: 'no worker answers' });
    expect(view.lines(away, t + second)).toEqual(['2026-11-22T21:30:01Z  run  ! no worker  no worker answers']);
    expect(view.lines(away, t + 2 * second)).toEqual([]);
    expect(view.lines(snapshot(), t + 3 * second)).toEqual([
      '2026-11-22T21:30:03Z  run  ✔ worker  a worker answers again',
    ]);
  });

  it('is one line for each event, whatever people wrote', () => {
    const odd = snapshot({ run: run({ startedBy: 'da\nna' }) });
    expect(new PlainView(plain).lines(odd, t)[0]).toBe('2026-11-22T21:30:00Z  run  ▶ running  started by da na');
  });
});
