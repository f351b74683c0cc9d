import { expect } from 'vitest';
import type { ErrorCode } from '../../../src/plan/errors.js';
import type { Fault } from '../../../src/plan/loading/fault.js';
import type { Change, Marked } from './samples.js';

/** One row of a table of faults: what is changed, where « marks the place, and what must be said about it. */
export interface FaultCase extends Change {
  name: string;
  code: ErrorCode;
  says: string;
  hint?: string;
}

/** The marked place has this fault, and nothing else has one. */
export function expectOnlyFault(faults: readonly Fault[], marked: Marked, { code, says, hint = '' }: FaultCase): void {
  const errors = faults.filter((fault) => fault.severity === 'error');
  expect(errors.map(({ code: found, message, line, column }) => ({ code: found, message, line, column }))).toEqual([
    { code, message: expect.stringContaining(says), line: marked.line, column: marked.column },
  ]);
  expect(errors[0]?.hint).toContain(hint);
}
