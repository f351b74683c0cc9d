import { expect, it } from 'vitest';
import { allowsProgram } from '../../../src/plan/rules/programs.js';

it.each([
  [['./ops/smoke'], './ops/smoke', true],
  [['/bin/true', './ops/smoke'], './ops/smoke', true],
  [['./ops/smoke'], './ops/smoke2', false],
  [['./ops/smoke'], './ops', false],
  [['./ops/*'], './ops/smoke', true],
  [['./ops/*'], './ops/', false],
  [['./ops/*'], './ops', false],
  [['./ops/*'], './ops/../evil', false],
  [['./ops/*'], './ops/inner/smoke', false],
  [['./ops/*'], '/ops/smoke', false],
  [['./ops/smoke*'], './ops/smoke2', false],
  [[], './ops/smoke', false],
])('of %j the program %s may run: %s', (allowed, program, may) => {
  expect(allowsProgram(allowed, program)).toBe(may);
});
