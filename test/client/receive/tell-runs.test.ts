import { WorkflowNotFoundError } from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import type { Link } from '../../../src/client/connection/link.js';
import { runsOver, type OpenRun, type ToTell } from '../../../src/client/receive/tell-runs.js';
import { PhasegateError } from '../../../src/plan/errors.js';
import { guardWorkflowId } from '../../../src/plan/names.js';
import { searchAttributes } from '../../../src/plan/search-attributes.js';

const run: OpenRun = { workflowId: 'migration/e/p', runId: 'r', firstRunId: 'r' };
const told = (key: string): ToTell => {
  return { key, isGrave: true, trouble: { dedupKey: key, source: 'alertmanager', title: 'A', reason: 'a', at: 0 } };
};

/** FAKE: a server that takes signals as it is told; test/integration/cli/receive.test.ts has a real one. */
function signalled(answer: (signals: number) => Promise<void>): { link: Link; signals: () => number } {
  let signals = 0;
  const temporal = { workflow: { getHandle: () => ({ signal: () => answer((signals += 1)) }) } };
  const link = { temporal, call: (_: string, fn: () => Promise<unknown>) => fn() } as unknown as Link;
  return { link, signals: () => signals };
}

describe('what a run is told', () => {
  it('by two posts at the same time it is told once, and of its hour that takes one', async () => {
    const { link, signals } = signalled(() => Promise.resolve());
    const runs = runsOver(link);
    const posts = (key: string): Promise<string[]> =>
      Promise.all([runs.trouble(run, told(key)), runs.trouble(run, told(key)), runs.trouble(run, told(key))]);
    expect(await posts('a')).toEqual(['told', 'repeated', 'repeated']);
    const all = await Promise.all(Array.from({ length: 200 }, (_, index) => posts(String(index))));
    expect(all.filter(([first]) => first === 'told')).toHaveLength(199);
    expect(all.at(-1)).toEqual(['dropped', 'dropped', 'dropped']);
    expect(signals()).toBe(200);
  });

  it('while Temporal is away, of a thousand alerts only those under way ask it, and all of them come again', async () => {
    let now = 0;
    let away = true;
    const error = new PhasegateError('PG401', 'the Temporal server does not answer');
    const { link, signals } = signalled(() => (away ? Promise.reject(error) : Promise.resolve()));
    const runs = runsOver(link, () => now);
    const storm = await Promise.allSettled(
      Array.from({ length: 1_000 }, (_, index) => runs.trouble(run, told(String(index))))
    );
    expect(storm.every((one) => one.status === 'rejected' && one.reason === error)).toBe(true);
    expect(signals()).toBeLessThanOrEqual(20);
    away = false;
    now = 1_000;
    expect(await runs.trouble(run, told('1'))).toBe('told');
  });
});

describe('a run is guarded', () => {
  const runs = (latest: object, first?: object) => {
    const executions = new Map<string | undefined, object | undefined>([
      [undefined, latest],
      ['first', first],
    ]);
    const describe = async (execution: string | undefined): Promise<object> => {
      const found = executions.get(execution);
      if (!found) throw new WorkflowNotFoundError('gone', guardWorkflowId(run.workflowId), execution);
      return found;
    };
    const getHandle = (_: string, execution?: string) => ({ describe: () => describe(execution) });
    const link = { temporal: { workflow: { getHandle } }, call: (_: string, fn: () => Promise<unknown>) => fn() };
    return runsOver(link as unknown as Link);
  };
  const guard = (belongsTo: string, startedAt: number, firstRunId = '') => ({
    runId: 'g',
    status: { name: 'RUNNING' },
    startTime: new Date(startedAt),
    raw: { workflowExecutionInfo: { firstRunId } },
    typedSearchAttributes: new TypedSearchAttributes([{ key: searchAttributes.run, value: belongsTo }]),
  });

  it('from when its own guard began, however often that has gone on as a new execution', async () => {
    expect(await runs(guard('r', 9_000, 'first'), guard('r', 1_000, 'first')).guardedSince(run)).toBe(1_000);
  });

  it('from the latest execution where the server has forgotten the first', async () => {
    expect(await runs(guard('r', 9_000, 'first')).guardedSince(run)).toBe(9_000);
  });

  it('not by that of an earlier run, which is still ending', async () => {
    expect(await runs(guard('before', 9_000)).guardedSince(run)).toBeUndefined();
  });
});
