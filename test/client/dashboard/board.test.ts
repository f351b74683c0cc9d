import { describe, expect, it } from 'vitest';
import { buildBoard } from '../../../src/client/dashboard/board.js';
import type { Block, BoardDocument, BoardId, Panel } from '../../../src/client/dashboard/document.js';
import { Look } from '../../../src/client/dashboard/look.js';
import type { RunSnapshot } from '../../../src/client/read/snapshot.js';
import { outcomeLine } from '../../../src/client/view/outcome-line.js';
import { PhasegateError } from '../../../src/plan/errors.js';
import type { IncidentStatus } from '../../../src/plan/watch-status.js';
import { fakeSource, FakeReader, now, scene, sceneOnHold, type FakeSource } from '../../support/dashboard/scene.js';
import { troubled } from '../../support/dashboard/watch.js';

interface Shown {
  look: Look;
  reader: FakeReader;
  source: FakeSource;
  board: (id: BoardId) => Promise<BoardDocument>;
}

function show(snapshot: RunSnapshot, at = (): number => now): Shown {
  const reader = new FakeReader(snapshot);
  const source = fakeSource();
  const look = new Look({ reader, place: { env: {}, workdir: '.' }, now: at, open: () => source });
  return { look, reader, source, board: async (id) => buildBoard(await look.look(['run']), id, 'run') };
}

function panel(document: BoardDocument, id: string): Panel {
  const found = document.panels.find((one) => one.id === id);
  if (!found) throw new Error(`no panel ${id}`);
  return found;
}

/** All words of a panel, as a reader meets them. */
function words(of: { blocks: Block[] }): string {
  const all: string[] = [];
  const walk = (value: unknown): void => {
    if (typeof value === 'string') all.push(value);
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(walk);
  };
  walk(of.blocks);
  return all.join(' ').replaceAll('\u00a0', ' ');
}

describe('the boards', () => {
  it('say how the run stands in the words of the status, with its remarks and the time of the data', async () => {
    const snapshot = await sceneOnHold();
    const { head } = await show(snapshot).board('executive');
    expect([head.sentence, ...head.remarks].join(' · ')).toBe(outcomeLine(snapshot));
    expect(head).toMatchObject({ state: { word: 'on hold', symbol: '■' }, at: now - 400 });
    expect(head.remarks).toEqual(['time is compressed 180 times', 'identities were not verified']);
    expect(head.phases.map(({ id, mark }) => `${id} ${mark.word}`)).toContain('1c on hold');
  });

  it('draw target, warning and critical, and the phases behind them', async () => {
    const document = await show(await scene()).board('executive');
    const plots = panel(document, 'golden-path').blocks.flatMap((block) => (block.kind === 'plots' ? block.items : []));
    expect(plots[0]?.bounds.map(({ name, value }) => [name, value])).toEqual([
      ['target', 0.95],
      ['warning', 0.9],
      ['critical', 0.8],
    ]);
    expect(plots[0]?.points.length).toBeGreaterThan(100);
    expect(plots[0]?.label).toMatch(/^Golden path success rate: .*% to .*%, last .*%; target > 95%, warning < 90%/);
    expect(document.bands.map(({ label }) => label)).toEqual(['pre-deployment', '1a', '1b', '1c']);
  });

  it('call nothing on target where the plan has no targets', async () => {
    const snapshot = await scene();
    for (const metric of Object.values(snapshot.frozen.plan.metrics)) delete metric.target;
    const { blocks } = panel(await show(snapshot).board('executive'), 'stability');
    expect(blocks.at(-1)).toEqual({
      kind: 'note',
      mark: { tone: 'dim', symbol: '·', word: 'no targets' },
      text: 'No metric of the plan has a target.',
    });
  });

  it('make up nothing: revenue at risk, satisfaction and CPU have no data source', async () => {
    const { board } = show(await scene());
    const executive = await board('executive');
    expect(words(panel(executive, 'revenue'))).toContain('no data source Estimated revenue at risk is not measured.');
    expect(words(panel(executive, 'revenue'))).toContain('Direct revenue impact, more than $500K ARR at risk');
    expect(words(panel(executive, 'experience'))).toContain('no data source Satisfaction of users is not measured.');
    expect(words(panel(await board('engineering'), 'resources'))).toContain('no data source CPU: no data source');
  });

  it('show what a person answered as what it is', async () => {
    const snapshot = await scene();
    snapshot.run.kpis = [
      { id: 'revenue', group: 'business', title: 'Revenue', target: 'none', state: 'not met', value: 'two accounts left', by: 'priya' }, // prettier-ignore
    ];
    const text = words(panel(await show(snapshot).board('executive'), 'revenue'));
    expect(text).toContain('two accounts left, said by priya');
    expect(text).not.toContain('Asked instead');
  });

  it.each([
    [0.74, 'critical', 'bad'],
    [0.85, 'warning', 'warn'],
    [0.93, 'off target', 'warn'],
    [0.97, 'on target', 'good'],
  ])('say of %d of the golden path that it is %s', async (value, word, tone) => {
    const { board, source } = show(await scene());
    source.readings.set('golden_path_success_rate', { kind: 'value', value });
    source.readings.set('chat_response_quality', { kind: 'value', value: 1 });
    expect(panel(await board('executive'), 'golden-path').mark).toMatchObject({ word, tone });
  });

  it('show a value that is not of now as stale, with its age and why; and one that never was as no data, not as 0', async () => {
    let clock = now;
    const { board, source } = show(await scene(), () => clock);
    source.readings.set('user_isolation_violations', { kind: 'no-data' });
    await board('executive');
    source.readings.set('response_time_p95', { kind: 'error', reason: 'HTTP 503' });
    clock += 120_000;
    const document = await board('executive');
    const [response] = panel(document, 'experience').blocks;
    expect(response).toMatchObject({ items: [{ stale: true, mark: { word: 'stale', tone: 'warn' }, unit: 's' }] });
    expect(words(panel(document, 'experience'))).toMatch(/1\.\d+ s .*2 min old: HTTP 503/);
    expect(panel(document, 'security')).toMatchObject({
      mark: { word: 'no data', tone: 'warn' },
      blocks: [{ items: [{ value: '–', note: 'the source has no value now' }, {}] }],
    });
  });

  it('keep what was seen last while Temporal is away, and say that it is old', async () => {
    const { board, reader } = show(await scene());
    await board('operations');
    reader.error = new PhasegateError('PG401', 'the Temporal server does not answer');
    const document = await board('operations');
    expect(document.head.problems).toEqual(['the Temporal server does not answer; it is tried again']);
    expect(document.head.at).toBe(now - 400);
    expect(words(panel(document, 'deployment'))).toContain('Success criteria of Tool dispatcher');
  });

  it('say that no worker answers', async () => {
    const snapshot = await scene({ noWorker: 'no worker answers: this is what Temporal itself knows' });
    const { head } = await show(snapshot).board('executive');
    expect(head.problems).toEqual(['no worker answers: this is what Temporal itself knows']);
  });

  it('show the end of a run that has ended, with the numbers of then', async () => {
    const endedAt = now - 3_600_000;
    const snapshot = await scene();
    snapshot.run.state = 'completed';
    snapshot.run.outcome = { kind: 'completed', reason: 'all phases passed', endedAt };
    const { board, look, source } = show(snapshot);
    const document = await board('executive');
    expect(document.head).toMatchObject({ endedAt, sentence: 'completed: all phases passed', problems: [] });
    expect(document.to).toBeLessThanOrEqual(endedAt);
    expect(words(panel(document, 'golden-path'))).toContain('at the end of the run');
    // The source may be gone by now, or show another time.
    source.readings.set('golden_path_success_rate', { kind: 'error', reason: 'gone' });
    expect(words(panel(buildBoard(await look.look(['run']), 'executive', 'run'), 'golden-path'))).not.toContain('gone');
  });

  it('say plainly that no guard watches', async () => {
    const document = await show(await scene()).board('operations');
    expect(words(panel(document, 'alerts'))).toContain('no guard watches');
    expect(words(panel(document, 'incidents'))).toContain('no guard watches');
  });

  it('do not say that nobody watches where a guard is only silent', async () => {
    const { board, reader } = show(await scene());
    reader.parts = { alerts: [], incidents: [], silent: ['migration/demo/user-execution-context/guard'] };
    const text = words(panel(await board('operations'), 'alerts'));
    expect(text).toContain('There is a guard, and it does not say how it stands.');
    expect(text).not.toContain('no guard watches');
  });

  it('show incidents, alerts and what the guard sees', async () => {
    const { board, reader } = show(await scene());
    reader.parts = troubled;
    const document = await board('operations');
    expect(words(panel(document, 'incidents'))).toMatch(/#1 Golden path complete failure .* severity 1 .*due in 60 s .*step 2 of 3/); // prettier-ignore
    expect(words(panel(document, 'alerts'))).toMatch(/Golden path success is critical .*acknowledged by ola .*slack-ops: HTTP 503/); // prettier-ignore
  });

  it('say in whose war room an incident without one of its own is led', async () => {
    const { board, reader } = show(await scene());
    const [found] = troubled.incidents;
    const { warRoom: _none, ...roomless } = found!;
    const second = { ...roomless, number: 2, title: 'A page is slow' };
    const rooms = async (incidents: IncidentStatus[]): Promise<string> => {
      reader.parts = { ...troubled, incidents };
      return words(panel(await board('operations'), 'incidents'));
    };
    expect(await rooms([found!, second])).toMatch(/#2 A page is slow .*that of #1/);
    expect(await rooms([found!, { ...second, state: 'resolved' }])).toMatch(/#2 A page is slow .*none/);
    expect(await rooms([{ ...found!, state: 'resolved' }, second])).toMatch(/#2 A page is slow .*none/);
  });

  it('name whoever an incident waits for, before the gates', async () => {
    const { board, reader } = show(await sceneOnHold());
    reader.parts = troubled;
    const text = words(panel(await board('operations'), 'deployment'));
    expect(text).toMatch(/incident\/1: acknowledge it Golden path complete failure .*anybody .*in 60 s then cto and ceo are called .*5\. Track/); // prettier-ignore
    expect(text).not.toContain('Nobody is waited for');
    const [found] = troubled.incidents;
    const validating = { by: 'erin', at: now, t0: now, deadlineAt: now };
    reader.parts = { ...troubled, incidents: [{ ...found!, state: 'acknowledged', validating }] };
    expect(words(panel(await board('operations'), 'deployment'))).not.toContain('incident/1');
  });

  it.each(['executive', 'engineering', 'operations'] as const)(
    'say at the head of the page for the %s what is open, the gravest first',
    async (name) => {
      const { board, reader } = show(await scene());
      const [found] = troubled.incidents;
      const other = { ...found!, number: 2, severity: 3 as const, title: 'A page is slow', state: 'open' as const };
      const done = { ...found!, number: 3, state: 'resolved' as const };
      reader.parts = { ...troubled, incidents: [other, done, found!] };
      const { incidents } = (await board(name)).head;
      expect(incidents.map(({ tone, text }) => [tone, text.split(':')[0]])).toEqual([
        ['bad', 'Severity 1, incident 1'],
        ['warn', 'Severity 3, incident 2'],
      ]);
    }
  );

  it('show who can unblock the run, until when and what happens then', async () => {
    const text = words(panel(await show(await sceneOnHold()).board('operations'), 'deployment'));
    expect(text).toMatch(/5\. Track tool executions .*erin or enzo .*in 7 min then roll back/);
  });

  it('show what a rollback would take back, newest phase first, exposure first, and when that was last checked', async () => {
    const { blocks } = panel(await show(await scene()).board('operations'), 'rollback');
    const [table] = blocks.filter((block) => block.kind === 'table');
    expect(table?.caption).toBe('A rollback now would take back 6 targets, in this order');
    expect(table?.rows.map(([, target]) => (typeof target === 'object' ? target.text : target)).slice(0, 3)).toEqual([
      'flag ENABLE_TOOL_DISPATCHER_MIGRATION',
      'deployment tool-dispatcher',
      'flag ENABLE_WORKFLOW_ORCHESTRATOR_MIGRATION',
    ]);
    expect(words({ blocks })).toContain('Latest readiness check 49 min ago');
  });

  it('show how far each flag is, also of one that was taken back', async () => {
    const snapshot = await scene();
    snapshot.rollbacks.push({
      schemaVersion: 1,
      workflowId: 'migration/demo/user-execution-context/rollback/1c',
      runId: 'run-rollback',
      state: 'rolled back',
      reason: 'a criterion failed',
      phases: ['1c'],
      startedAt: now - 60_000,
      undos: [{ entryId: '1c/enable#1', covers: [], title: 'back to off', state: 'done' }],
      checks: [],
      gates: [],
      refusals: [],
      sentence: 'Rolled back, verified.',
    });
    const { blocks } = panel(await show(snapshot).board('engineering'), 'migration');
    const meters = blocks.flatMap((block) => (block.kind === 'meters' ? block.items : []));
    expect(meters.map(({ label, percent, mark }) => [label.split(' ')[0], percent, mark.word])).toEqual([
      ['1a', 100, 'on'],
      ['1b', 100, 'on'],
      ['1c', 0, 'taken back'],
      ['1d', 0, 'off'],
    ]);
  });

  it('are the same for the same facts', async () => {
    const { look } = show(await scene());
    const seen = await look.look(['run']);
    for (const id of ['executive', 'engineering', 'operations'] as const)
      expect(buildBoard(seen, id, 'run')).toEqual(buildBoard(seen, id, 'run'));
  });
});
