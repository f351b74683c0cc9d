import { describe, expect, it } from 'vitest';
import type { DemoFault } from '../../demo/faults.js';
import { isLeftToItsDeadline, mindAttempts } from '../../demo/people.js';
import type { Gate } from '../../src/plan/run-status.js';

function gate(address: string, kind: Gate['kind'] = 'hold'): Gate {
  return {
    address,
    kind,
    title: 'A step',
    reason: 'no data',
    roles: {},
    people: ['dana'],
    decisions: [],
    openedAt: 0,
    deadlineAt: 1,
    then: 'ask again',
    digest: '',
    answers: ['retry'],
  };
}

describe("the demo's people", () => {
  it.each<[string, Gate, DemoFault | undefined, boolean]>([
    ['a HOLD in the phase of the fault', gate('1a/window#1'), { name: 'metrics-down' }, true],
    ['a HOLD in the phase that was named for it', gate('1c/window#1'), { name: 'metrics-down', phase: '1c' }, true],
    ['a HOLD in another phase', gate('1b/window#1'), { name: 'metrics-down' }, false],
    ['a HOLD before all phases', gate('pre-deployment/connection-pools#1'), { name: 'errors' }, false],
    ['a HOLD without a fault', gate('1a/window#1'), undefined, false],
    ['an approval in the phase of the fault', gate('1a/approval#1', 'approval'), { name: 'metrics-down' }, false],
  ])('%s', (_, open, fault, left) => {
    expect(isLeftToItsDeadline(open, fault)).toBe(left);
  });

  it('try again what is on hold, then say so instead of asking for ever', () => {
    const address = 'pre-deployment/connection-pools';
    for (const attempt of [1, 2, 3, 4]) expect(() => mindAttempts(gate(`${address}#${attempt}`))).not.toThrow();
    expect(() => mindAttempts(gate(`${address}#5`))).toThrow(`${address}#5 is on hold again: no data`);
    expect(() => mindAttempts(gate('1a/approval#5', 'approval'))).not.toThrow();
  });
});
