import { describe, expect, it } from 'vitest';
import { exitCodeOf } from '../../../src/client/cli/exit-code-of.js';
import { Exit, explain } from '../../../src/client/cli/report-error.js';
import { plain } from '../../../src/client/render/paint.js';
import { PhasegateError } from '../../../src/plan/errors.js';

describe('the exit code of an error', () => {
  it.each([
    ['PG100', 2],
    ['PG107', 2],
    ['PG201', 7],
    ['PG202', 7],
    ['PG203', 7],
    ['PG204', 7],
    ['PG205', 7],
    ['PG206', 7],
    ['PG207', 2],
    ['PG208', 7],
    ['PG209', 6],
    ['PG210', 7],
    ['PG212', 2],
    ['PG304', 1],
    ['PG401', 8],
    ['PG402', 8],
    ['PG403', 6],
    ['PG404', 2],
    ['PG405', 2],
    ['PG406', 2],
    ['PG407', 2],
    ['PG408', 124],
    ['PG409', 8],
    ['PG410', 2],
    ['PG411', 2],
    ['PG412', 8],
    ['PG420', 2],
    ['PG430', 2],
    ['PG431', 2],
    ['PG432', 2],
    ['PG441', 2],
    ['PG442', 2],
  ] as const)('%s is %i', (code, exitCode) => {
    expect(exitCodeOf(code)).toBe(exitCode);
  });
});

describe('an error on the terminal', () => {
  it('says what, where, and what to type next', () => {
    const error = new PhasegateError('PG403', 'there is no run x', { where: 'the server', hint: 'phasegate list' });
    expect(explain(error, plain)).toEqual({
      lines: ['✖ PG403 there is no run x (the server)', '  phasegate list'],
      code: 6,
    });
  });

  it('is free of control characters that came from elsewhere', () => {
    const error = new PhasegateError('PG208', 'closed\u001b[2J', { where: 'a\u0007b' });
    expect(explain(error, plain).lines[0]).toBe('✖ PG208 closed[2J (ab)');
  });

  it('asks for a report when nobody foresaw it', () => {
    const { lines, code } = explain(new TypeError('x is not a function'), plain);
    expect(code).toBe(1);
    expect(lines[0]).toContain('please report');
    expect(lines.join('\n')).toContain('TypeError: x is not a function');
  });

  it('says nothing when everything has been said', () => {
    expect(explain(new Exit(2), plain)).toEqual({ lines: [], code: 2 });
  });
});
