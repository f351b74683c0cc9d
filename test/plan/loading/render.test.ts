import { describe, expect, it } from 'vitest';
import { loadPlan } from '../../../src/plan/load-plan.js';
import { unreadable } from '../../../src/plan/loading/decode.js';
import { inOrder, renderFault, renderFaults } from '../../../src/plan/loading/fault.js';
import type { Fault } from '../../../src/plan/loading/fault.js';
import { codeFrame } from '../../../src/plan/loading/frame.js';
import { samplePlan } from '../support/samples.js';

describe('faults as people read them', () => {
  it('look like those of a compiler', () => {
    const [fault] = loadPlan(samplePlan.replace('every: 15s', 'evry: 15s'), 'plans/x.yaml').faults;
    expect(fault && renderFault(fault)).toBe(
      [
        'plans/x.yaml:33:40  error PG103  unknown key "evry"',
        "    32 |       - check: { id: smoke, command: [./ops/smoke, '{{vars.revision}}'] }",
        '>   33 |       - watch: { id: window, for: 30m, evry: 15s, warm-up: 1m, criteria: [error_rate < 1%, latency < 2s] }',
        '       |                                        ^^^^',
        '   in: phases[one].steps[window].watch.evry',
        '   hint: did you mean "every"?',
      ].join('\n')
    );
  });

  it('leave out the place in a file that could not be read', () => {
    expect(renderFault(unreadable('x.yaml', 'it is a folder', 'give a file'))).toBe(
      'x.yaml  error PG101  it is a folder\n   hint: give a file'
    );
  });

  it('count warnings by themselves', () => {
    const { faults } = loadPlan(samplePlan.replace('[25, 50, 100]', '[25, 50]'), 'x.yaml');
    expect(renderFaults(faults, 1)).toMatch(/\n\n0 errors, 1 warning$/);
  });

  it('end with a count, and are not all shown when there are very many', () => {
    const { faults } = loadPlan(
      samplePlan.replaceAll('lead', 'leed').replace('  leed: Lead', '  lead: Lead'),
      'x.yaml'
    );
    expect(faults).toHaveLength(4);
    expect(renderFaults(faults)).toMatch(/\n\n4 errors, 0 warnings$/);
    expect(renderFaults(faults, 1)).toMatch(/\n\n4 errors, 0 warnings, 3 not shown$/);
    expect(renderFaults(faults, 1).split('hint:')).toHaveLength(2);
  });

  it('come in the order of the file, each once', () => {
    const fault = {
      code: 'PG103',
      severity: 'error',
      file: 'a',
      line: 1,
      column: 1,
      path: '',
      message: 'x',
      hint: '',
      frame: '',
    } as const satisfies Fault;
    const right = { ...fault, column: 7 };
    const late = { ...fault, line: 9 };
    const other = { ...fault, file: 'b' };
    expect(inOrder([other, late, right, fault, { ...late }], 'a')).toEqual([fault, right, late, other]);
  });

  it('show the part of a long line that matters', () => {
    const frame = codeFrame(`${'x'.repeat(200)}WRONG${'y'.repeat(200)}`, undefined, {
      line: 1,
      column: 201,
      length: 5,
    });
    const [line = '', mark = ''] = frame.split('\n');
    expect(line.length).toBeLessThan(125);
    expect(line.slice(mark.indexOf('^'), mark.lastIndexOf('^') + 1)).toBe('WRONG');
  });

  it.each([80, 81, 110, 111, 139, 140])('show what is wrong in column %i', (column) => {
    const frame = codeFrame(`${'x'.repeat(column - 1)}WRONG${'y'.repeat(200)}`, undefined, {
      line: 1,
      column,
      length: 5,
    });
    const [line = '', mark = ''] = frame.split('\n');
    expect(line.slice(mark.indexOf('^'), mark.lastIndexOf('^') + 1)).toBe('WRONG');
  });

  it('mark no more than the line has, and stay under it in a long file', () => {
    expect(codeFrame('a: >', 'b', { line: 10_000, column: 4, length: 90 })).toBe(
      '    9999 | b\n>  10000 | a: >\n         |    ^'
    );
  });

  it('mark the right place in a line with tabs', () => {
    expect(codeFrame('a:\tb', undefined, { line: 1, column: 4, length: 1 })).toBe('>    1 | a: b\n       |    ^');
  });
});
