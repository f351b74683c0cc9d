import { describe, expect, it } from 'vitest';
import type { EvidenceTexts } from '../../../src/plan/evidence-request.js';
import type { EvidenceRef } from '../../../src/plan/run-facts.js';
import { readWindows, type ReadDocuments, type ReportedWindow } from '../../../src/client/report/windows.js';
import type { WindowResult } from '../../../src/activities/contract.js';
import { fakeReader } from '../../support/metrics/fake-reader.js';
import { sampleNo, secondly } from '../../support/metrics/fixtures.js';
import { memoryStore } from '../../support/metrics/memory-store.js';
import { virtualClock } from '../../support/metrics/virtual-clock.js';
import { watch, windowInput } from '../../support/metrics/watching.js';
import { duration, t0, windowSpec } from '../../support/metrics/windows.js';
import { heartbeat, phaseStatus, record, rollback, snapshot } from '../support/snapshots.js';

const store = memoryStore();
const fromStore: ReadDocuments = async (refs) =>
  Object.fromEntries(
    await Promise.all(
      refs.map(async ({ digest }): Promise<[string, EvidenceTexts[string]]> => [
        digest,
        await store.get(digest).then(
          (text) => ({ text }),
          (error: Error) => ({ problem: error.message })
        ),
      ])
    )
  );

/** A window as a worker watches it, on a clock that does not wait. */
function watched(
  of: (at: number) => number | undefined,
  more: Parameters<typeof windowInput>[1] = {},
  spec = windowSpec()
): Promise<WindowResult> {
  return watch(windowInput(spec, more), {
    clock: virtualClock(t0),
    reader: fakeReader({ success_rate: of, duration: of }),
    store,
  }).result;
}

const withEvidence = (evidence: EvidenceRef[], change: Parameters<typeof record>[1] = {}) =>
  snapshot({ phases: [phaseStatus({ steps: [record('window', { kind: 'watch', evidence, ...change })] })] });

async function only(...asked: Parameters<typeof readWindows>): Promise<ReportedWindow> {
  const windows = await readWindows(...asked);
  expect(windows).toHaveLength(1);
  const [window] = windows;
  if (!window || 'problem' in window) throw new Error(window?.problem ?? 'no window');
  return window;
}

describe('the windows of a report', () => {
  it('have the very samples that their verdict was computed from', async () => {
    const result = await watched((at) => (sampleNo(at) === 3 ? 0.8 : 0.99));
    const window = await only(withEvidence([result.evidence]), fromStore);
    expect(window).toMatchObject({ verdict: 'PASS', judged: 'PASS', t0, evidence: [result.evidence.digest] });
    const points = window.criteria[0]?.points ?? [];
    expect(points).toHaveLength(result.samples);
    expect(points.filter((point) => point.class === 'breach').map(({ value }) => value)).toEqual([0.8]);
    expect(points[0]?.at).toBe(t0);
  });

  it('are put together from chunks', async () => {
    const result = await watched(() => 0.99, {}, secondly(251));
    const window = await only(withEvidence([result.evidence]), fromStore);
    expect(window.criteria[0]?.points).toHaveLength(result.samples);
    expect(window.evidence).toHaveLength(3);
  });

  it('say what a share of the baseline comes to', async () => {
    const baseline = { at: t0, values: { duration: 2 }, missing: {}, evidence: { digest: 'sha256:1', bytes: 1 } };
    const result = await watched(() => 2.1, { baseline }, windowSpec({ criteria: [duration] }));
    const window = await only(withEvidence([result.evidence]), fromStore);
    expect(window.criteria[0]?.bounds.map(({ name, value, text }) => [name, value, text])).toEqual([
      ['baseline', 2, 'baseline'],
      ['criterion', 2.4, 'baseline + 20%'],
      ['criterion', 1.6, 'baseline - 20%'],
    ]);
  });

  it('are one window where they went on after a HOLD, and several where a step raised traffic', async () => {
    const clock = virtualClock(t0);
    const spec = windowSpec({ coverage: 0.5 });
    const reader = fakeReader({ success_rate: (at) => (sampleNo(at) < 4 ? undefined : 0.99) });
    const part = (more: Parameters<typeof windowInput>[1]) =>
      watch(windowInput(spec, more), { clock, reader, store }).result;
    const held = await part({});
    const back = await part({ resume: held.state, untilRecovered: true });
    const passed = await part({ resume: back.state });
    const parts = [held, back, passed].map(({ evidence }) => evidence);
    const window = await only(withEvidence(parts), fromStore);
    expect(window.criteria[0]?.points).toHaveLength(passed.samples);
    const later = await watch(windowInput(windowSpec(), { t0: t0 + 3_600_000 }), {
      clock: virtualClock(t0 + 3_600_000),
      reader: fakeReader({ success_rate: () => 0.99 }),
      store,
    }).result;
    const change = await store.put('change', { applied: true });
    const windows = await readWindows(
      withEvidence([change, ...parts, later.evidence], { kind: 'traffic', criteria: [] }),
      fromStore
    );
    expect(windows).toHaveLength(2);
  });

  it('of rollbacks are there too', async () => {
    const { evidence } = await watched(() => 0.99);
    const checks = [record('metrics', { address: 'rollback/metrics#1', kind: 'watch', evidence: [evidence] })];
    const window = await only(snapshot({ rollbacks: [rollback({ checks })] }), fromStore);
    expect(window.workflowId).toMatch(/\/rollback\/1a$/);
  });

  it('show a verdict that does not follow from the samples as what it is', async () => {
    const { evidence } = await watched(() => 0.99);
    const { kind, document } = JSON.parse(await store.get(evidence.digest)) as { kind: string; document: object };
    const altered = await store.put(kind, { ...document, verdict: 'FAIL' });
    expect(await only(withEvidence([altered]), fromStore)).toMatchObject({ verdict: 'FAIL', judged: 'PASS' });
  });

  it('that run have what was sampled so far', async () => {
    const beat = heartbeat([0.99, 0.9, 0.99]);
    const status = phaseStatus({ steps: [record('window', { state: 'running', kind: 'watch' })] });
    const samples = beat.pending.map((sample) => ({ ...sample, at: beat.state.t0 + sample.k * 100 }));
    const live = { workflowId: status.workflowId, heartbeat: { ...beat, pending: samples }, at: t0 };
    const window = await only(snapshot({ phases: [status], windows: [live] }), fromStore);
    expect(window).not.toHaveProperty('verdict');
    expect(window.criteria[0]?.points.map((point) => point.class)).toEqual(['ok', 'breach', 'ok']);
    expect(window.evidence).toEqual([]);
  });

  it.each([
    [
      'evidence that no worker hands over',
      [{ digest: 'sha256:gone', bytes: 1 }],
      /cannot be read: no evidence sha256:gone/,
    ],
    ['a window that ended without evidence', [], /it ended without evidence: as wanted/],
  ])('say why they are not known: %s', async (_what, evidence, problem) => {
    const [window] = await readWindows(withEvidence(evidence), fromStore);
    expect(window).toEqual(
      expect.objectContaining({ address: '1a/window#1', problem: expect.stringMatching(problem) as string })
    );
    expect(window).not.toHaveProperty('criteria');
  });

  it('say so when a chunk of their samples is gone, rather than show the rest', async () => {
    const result = await watched(() => 0.99, {}, secondly(251));
    const without: ReadDocuments = async (refs) =>
      Object.fromEntries(
        Object.entries(await fromStore(refs)).map(([digest, found]) => [
          digest,
          digest === result.evidence.digest ? found : { problem: 'the disk is gone' },
        ])
      );
    const [window] = await readWindows(withEvidence([result.evidence]), without);
    expect(window).toMatchObject({ problem: expect.stringContaining('the disk is gone') as string });
  });
});
