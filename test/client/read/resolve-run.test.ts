import { describe, expect, it } from 'vitest';
import { pickRun, wholeId, type KnownRun } from '../../../src/client/read/resolve-run.js';

const known = (workflowId: string, runId: string, open = false): KnownRun => ({
  workflowId,
  runId,
  open,
  startedAt: 0,
});
const newest = known('migration/prod/checkout', 'c');
const older = known('migration/prod/search', 'b');
const oldest = known('migration/staging/search', 'a');
const runs = [newest, older, known('migration/prod/checkout', 'earlier'), oldest];

describe('the whole id in a reference', () => {
  it.each([
    ['migration/prod/search', 'migration/prod/search'],
    ['prod/search', 'migration/prod/search'],
    ['migration/prod/search/phase/1a', 'migration/prod/search'],
    ['search', undefined],
    ['last', undefined],
  ])('of %s is %s', (reference, id) => {
    expect(wholeId(reference)).toBe(id);
  });
});

describe('RUN on the command line', () => {
  it.each([
    ['left out means the last run, when none is open', undefined, 'c'],
    ['"last" means the newest', 'last', 'c'],
    ['may be a whole workflow id', 'migration/prod/search', 'b'],
    ['may be an id without the part that all have', 'prod/search', 'b'],
    ['may be any unique ending', 'checkout', 'c'],
    ['may be the id of something below a run', 'migration/prod/search/phase/1a', 'b'],
    ['may be a run id, of an earlier execution too', 'earlier', 'earlier'],
  ])('%s', (_what, reference, runId) => {
    expect(pickRun(runs, reference).runId).toBe(runId);
  });

  it('left out means the only open run, even if another is newer', () => {
    expect(pickRun([newest, { ...older, open: true }]).runId).toBe('b');
  });

  it.each([
    ['nothing matches', 'nonsense', 'PG403', 'nonsense'],
    ['several end the same way', 'search', 'PG404', 'migration/prod/search, migration/staging/search'],
  ])('is refused when %s', (_what, reference, code, text) => {
    expect(() => pickRun(runs, reference)).toThrowError(
      expect.objectContaining({ code, message: expect.stringContaining(text) })
    );
  });

  it('is refused when several runs are open and none is named', () => {
    const open = [
      { ...newest, open: true },
      { ...older, open: true },
    ];
    expect(() => pickRun(open)).toThrowError(expect.objectContaining({ code: 'PG404' }));
  });

  it('says how to start one when there is none', () => {
    expect(() => pickRun([])).toThrowError(
      expect.objectContaining({ code: 'PG403', hint: expect.stringContaining('phasegate start') })
    );
  });
});
