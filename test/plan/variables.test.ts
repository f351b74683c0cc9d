import { describe, expect, it } from 'vitest';
import type { Path } from '../../src/plan/loading/fault.js';
import { declaredIn, isOfAlert, lookupVariable, unknownVariables, valuesOf } from '../../src/plan/variables.js';

interface Told {
  path: Path;
  message: string;
  hint?: string | undefined;
}

function told(run: (report: (path: Path, finding: Omit<Told, 'path'>) => void) => void): Told[] {
  const all: Told[] = [];
  run((path, { message, hint }) => all.push({ path, message, hint }));
  return all;
}

describe('the variables that a document declares', () => {
  it('are none where it has none', () => {
    expect(declaredIn({})).toEqual({});
  });

  it.each([
    ['nothing', { vars: null }],
    ['a text', { vars: 'revision' }],
    ['a list', { vars: ['revision'] }],
  ])('are not known where it has %s', (_what, document) => {
    expect(declaredIn(document)).toBeUndefined();
    expect(lookupVariable('vars.revision', declaredIn(document), {})).toBe('kept');
    expect(valuesOf(declaredIn(document), { revision: 'v2' }, () => undefined)).toEqual({});
  });

  it('are known by name also where they have a fault, and only a text is a default', () => {
    const vars = { a: { default: 'v1' }, b: { default: 7 }, c: null, d: 'v1', e: {}, f: 5 };
    const declared = declaredIn({ vars });
    const unsound = { unsound: true };
    expect(declared).toEqual({ a: { default: 'v1' }, b: unsound, c: unsound, d: unsound, e: {}, f: unsound });
    expect(Object.values(declared ?? {}).filter((one) => one && 'default' in one)).toHaveLength(1);
  });
});

describe('the value of a variable', () => {
  it('is what was given, else the default, and what nobody declared has none', () => {
    const declared = { a: { default: 'v1' }, b: { default: 'v1' }, toString: { default: 'own' } };
    expect(valuesOf(declared, { b: 'v2', c: 'v3' }, () => undefined)).toEqual({ a: 'v1', b: 'v2', toString: 'own' });
  });

  it('is asked for where it is declared', () => {
    expect(told((report) => valuesOf({ a: {}, b: undefined }, {}, report))).toEqual([
      { path: ['vars', 'a'], message: 'variable "a" has no value', hint: 'give it with --var a=VALUE' },
      { path: ['vars', 'b'], message: 'variable "b" has no value', hint: 'give it with --var b=VALUE' },
    ]);
  });

  it('is not asked for where its declaration has a fault of its own', () => {
    expect(told((report) => valuesOf({ a: { unsound: true } }, {}, report))).toEqual([]);
  });

  it.each(['a\nb', 'a\rb', 'a\u0007b', 'a\u202Eb'])('must be one plain line: %j', (value) => {
    expect(told((report) => valuesOf({ a: {} }, { a: value }, report))).toEqual([
      {
        path: ['vars', 'a'],
        message: 'the value of "a" has a control character',
        hint: 'give it as plain text in one line',
      },
    ]);
  });
});

describe('looking a variable up', () => {
  const declared = { revision: {}, open: {} };
  it('gives its value, or leaves it alone where that is missing and was told already', () => {
    expect(lookupVariable('vars.revision', declared, { revision: 'v2' })).toEqual({ ok: true, value: 'v2' });
    expect(lookupVariable('vars.open', declared, { revision: 'v2' })).toBe('kept');
  });

  it.each([
    ['vars.revison', 'unknown variable "revison"', 'did you mean {{vars.revision}}?'],
    ['vars.nothing-like-it', 'unknown variable "nothing-like-it"', 'declare it under vars'],
    ['vars.toString', 'unknown variable "toString"', 'declare it under vars'],
  ])('says of an unknown one what is near: %s', (name, problem, hint) => {
    expect(lookupVariable(name, declared, {})).toEqual({ ok: false, problem, hint });
  });
});

describe('values that were given for nothing', () => {
  it('are named, with what may have been meant', () => {
    const given = { revision: 'v1', revison: 'v2', other: 'v3' };
    expect(told((report) => unknownVariables(given, ['revision'], 'is not declared', report))).toEqual([
      { path: ['vars'], message: '--var revison: is not declared', hint: 'did you mean "revision"?' },
      { path: ['vars'], message: '--var other: is not declared', hint: 'known are revision; declare it under vars' },
    ]);
  });
});

describe('a template that stays until an alert is told', () => {
  it.each<[Path, string, boolean]>([
    [['alerts', 'templates', 0, 'title'], 'value', true],
    [['alerts', 'templates', 0, 'message'], 'value', true],
    [['alerts', 'templates', 0, 'message'], 'vars.value', false],
    [['alerts', 'templates', 0, 'runbook'], 'value', false],
    [['alerts', 'routes', 'title'], 'value', false],
    [['phases', 'templates', 0, 'title'], 'value', false],
    [['phases', 0, 'title'], 'value', false],
    [[], 'value', false],
  ])('%j {{%s}}: %s', (path, name, is) => {
    expect(isOfAlert(path, name)).toBe(is);
  });
});
