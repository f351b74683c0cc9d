import { describe, expect, it } from 'vitest';
import { isConsistent, WORKFLOW_STATES, WorkflowRecords } from '../../../demo/platform/workflow-records.js';

describe('workflow records', () => {
  const complete = (records: WorkflowRecords, path: 'legacy' | 'new') => {
    const record = records.open('w1', 'ann', path);
    for (const state of WORKFLOW_STATES.slice(1)) record.enter(state);
    return record;
  };

  it.each(['legacy', 'new'] as const)('are consistent after every state in order on the %s path', (path) => {
    const record = complete(new WorkflowRecords(), path);
    expect(isConsistent(record, 'ann')).toBe(true);
    expect(isConsistent(record, 'bob')).toBe(false);
  });

  it('refuse an impossible transition on the new path; legacy takes it, and is then inconsistent', () => {
    const records = new WorkflowRecords();
    expect(() => records.open('w1', 'ann', 'new').enter('completed')).toThrow('cannot go from received to completed');
    const legacy = records.open('w2', 'ann', 'legacy');
    legacy.enter('completed');
    expect(isConsistent(legacy, 'ann')).toBe(false);
  });
});
