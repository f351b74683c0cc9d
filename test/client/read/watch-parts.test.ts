import { describe, expect, it } from 'vitest';
import { NoAnswer } from '../../../src/client/connection/failures.js';
import type { Link } from '../../../src/client/connection/link.js';
import { WatchReader } from '../../../src/client/read/watch-parts.js';
import { alert, guard, incident } from '../../support/dashboard/watch.js';

interface Execution {
  type: string;
  workflowId: string;
  runId: string;
  open: boolean;
  /** It was ended from outside. */
  terminated?: true;
  /** What it answers; absent: nothing in time. */
  status?: object;
}

const run = { workflowId: 'migration/demo/user-execution-context', runId: 'run-1' };

/** A server that has these executions, and what was asked of it. */
function server(executions: readonly Execution[]): { link: Link; queries: string[]; lists: string[] } {
  const queries: string[] = [];
  const lists: string[] = [];
  const typedSearchAttributes = { get: () => undefined };
  const info = ({ workflowId, runId, type, open, terminated }: Execution): object => ({
    workflowId,
    runId,
    type,
    status: { name: open ? 'RUNNING' : terminated ? 'TERMINATED' : 'COMPLETED' },
    startTime: new Date(0),
    ...(open ? {} : { closeTime: new Date(60_000) }),
    typedSearchAttributes,
    memo: {},
    raw: {},
  });
  const workflow = {
    getHandle: (_workflowId: string, runId: string) => ({
      describe: () => Promise.resolve(info({ type: 'migration', open: true, ...run })),
      query: () => {
        queries.push(runId);
        const { status } = executions.find((one) => one.runId === runId) ?? {};
        return status ? Promise.resolve(status) : Promise.reject(new NoAnswer('status'));
      },
    }),
    async *list({ query }: { query: string }) {
      lists.push(query);
      yield* executions.map(info);
    },
  };
  const now = <T>(_what: string, work: () => Promise<T>): Promise<T> => work();
  return { link: { temporal: { workflow }, call: now, ask: now } as unknown as Link, queries, lists };
}

const others = [
  { type: 'deploymentPhase', workflowId: `${run.workflowId}/phase/1a`, runId: 'p', open: true },
  { type: 'rollback', workflowId: `${run.workflowId}/rollback/1a`, runId: 'r', open: true },
];

describe('what watches over a run', () => {
  it('is nothing where there is neither guard, alert nor incident, and nobody is asked', async () => {
    const { link, queries, lists } = server(others);
    expect(await new WatchReader(link, run).read()).toEqual({ alerts: [], incidents: [], silent: [] });
    expect(queries).toEqual([]);
    expect(lists).toEqual(["PhasegateRun = 'run-1'"]);
  });

  it('tells how it stands; of several executions of the guard the newest counts', async () => {
    const { link } = server([
      ...others,
      { type: 'guard', workflowId: guard.workflowId, runId: 'g1', open: false, status: { ...guard, state: 'ended' } },
      { type: 'guard', workflowId: guard.workflowId, runId: 'g2', open: true, status: guard },
      { type: 'alert', workflowId: alert.workflowId, runId: 'a', open: true, status: alert },
      { type: 'incident', workflowId: incident.workflowId, runId: 'i', open: true, status: incident },
    ]);
    expect(await new WatchReader(link, run).read()).toEqual({
      guard,
      alerts: [alert],
      incidents: [incident],
      silent: [],
    });
  });

  it('is asked once when it has ended, and each time while it is open', async () => {
    const { link, queries } = server([
      { type: 'alert', workflowId: alert.workflowId, runId: 'ended', open: false, status: alert },
      { type: 'incident', workflowId: incident.workflowId, runId: 'open', open: true, status: incident },
    ]);
    const reader = new WatchReader(link, run);
    await reader.read();
    await reader.read();
    expect(queries.toSorted()).toEqual(['ended', 'open', 'open']);
  });

  it('is over where it was ended from outside, though it still says that it is not', async () => {
    const over = { open: false, terminated: true } as const;
    const { link } = server([
      { type: 'guard', workflowId: guard.workflowId, runId: 'g', ...over, status: guard },
      { type: 'alert', workflowId: alert.workflowId, runId: 'a', ...over, status: alert },
      { type: 'incident', workflowId: incident.workflowId, runId: 'i', ...over, status: incident },
    ]);
    const { guard: watches, alerts, incidents } = await new WatchReader(link, run).read();
    expect(watches).toBeUndefined();
    expect(alerts).toMatchObject([{ state: 'closed', closedAt: 60_000, reason: 'it was ended from outside' }]);
    expect(incidents).toMatchObject([{ state: 'closed', endedAs: 'terminated' }]);
  });

  it('shows an incident that was reset once, as it stands now', async () => {
    const { workflowId } = incident;
    const { link } = server([
      { type: 'incident', workflowId, runId: 'before', open: false, terminated: true, status: incident },
      { type: 'incident', workflowId, runId: 'after', open: true, status: { ...incident, state: 'acknowledged' } },
    ]);
    expect((await new WatchReader(link, run).read()).incidents).toMatchObject([{ state: 'acknowledged' }]);
  });

  it('shows an alert once that was reset or goes on, and twice one that opened again', async () => {
    const { workflowId } = alert;
    const over = { type: 'alert', workflowId, open: false, terminated: true } as const;
    const { link } = server([
      { ...over, runId: 'before', status: alert },
      { ...over, terminated: undefined, runId: 'after', status: { ...alert, state: 'closed', closedAt: 1 } },
      { ...over, open: true, runId: 'again', status: { ...alert, openedAt: alert.openedAt + 1 } },
    ] as Execution[]);
    expect((await new WatchReader(link, run).read()).alerts).toMatchObject([
      { state: 'closed', closedAt: 1 },
      { state: 'acknowledged' },
    ]);
  });

  it('is named where it does not answer', async () => {
    const { link } = server([{ type: 'guard', workflowId: guard.workflowId, runId: 'g', open: true }]);
    expect(await new WatchReader(link, run).read()).toEqual({ alerts: [], incidents: [], silent: [guard.workflowId] });
  });
});
