import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseSpread } from '../../../src/plan/document/cleanup.js';
import { exactlyOne, ratio } from '../../../src/plan/document/fields.js';
import { parseHttpUrl } from '../../../src/plan/document/http-url.js';
import { parseDays } from '../../../src/plan/document/schedule.js';
import { loadPlan } from '../../../src/plan/load-plan.js';
import { replaceOnce, samplePlan } from '../support/samples.js';

describe('weeks or months of the run', () => {
  it.each([
    ['3', [3, 3]],
    ['99', [99, 99]],
    ['2-3', [2, 3]],
    ['9-12', [9, 12]],
    ['4-4', [4, 4]],
  ])('%s are read', (text, value) => {
    expect(parseSpread(text)).toEqual({ ok: true, value });
  });

  it.each(['', '0', '100', '3-', '-3', 'x3', '3x', '2-100', '1-2-3', '1a', '2-3a', '0-3'])('"%s" are none', (text) => {
    expect(parseSpread(text)).toEqual({
      ok: false,
      problem: `"${text}" are no weeks or months of the run`,
      hint: 'write for example 3 or 2-3; the first is 1',
    });
  });

  it('do not run backwards', () => {
    const problem = { ok: false, problem: '"12-9" is due before it begins', hint: 'write 9-12' };
    expect(parseSpread('12-9')).toEqual(problem);
  });
});

describe('days of a week', () => {
  it.each([
    ['1', [1, 1]],
    ['7', [7, 7]],
    ['1-3', [1, 3]],
  ])('%s are read', (text, value) => {
    expect(parseDays(text)).toEqual({ ok: true, value });
  });

  it.each(['', '0', '8', '1-8', 'x1', '1x', '1-3x', '12', '1-'])('"%s" are none', (text) => {
    expect(parseDays(text)).toEqual({
      ok: false,
      problem: `"${text}" are not days of a week`,
      hint: 'write for example 1-3; the first day is 1',
    });
  });

  it('do not run backwards', () => {
    expect(parseDays('3-1')).toEqual({ ok: false, problem: '"3-1" runs backwards', hint: 'write 1-3' });
  });
});

describe('an address', () => {
  it.each(['http://core', 'https://core.example.com/a?b=c'])('%s is read', (text) => {
    expect(parseHttpUrl(text)).toMatchObject({ ok: true, value: { href: new URL(text).href } });
  });

  it.each(['', 'core', 'ftp://core', 'xhttp://core', 'file:///http:'])('"%s" is none', (text) => {
    expect(parseHttpUrl(text)).toEqual({
      ok: false,
      problem: `"${text}" is not an http address`,
      hint: 'write for example https://core.example.com',
    });
  });

  it('has no password', () => {
    expect(parseHttpUrl('https://ada:secret@core')).toMatchObject({
      ok: false,
      problem: 'the address has a user name or password in it',
      hint: expect.stringMatching(/^put it into a header; ./),
    });
  });
});

it.each([
  ['90%', true],
  ['0.9', false],
  ['5s', false],
  ['3MB', false],
])('a share may be written as %s: %s', (text, may) => {
  expect(ratio.safeParse(text).success).toBe(may);
});

describe('one of several', () => {
  const inner = z.strictObject({});
  const schema = exactlyOne(
    z.strictObject({ a: z.string().optional(), b: z.string().optional(), c: inner.optional() }),
    ['a', 'b']
  );
  const one = 'exactly one of a, b is needed here';
  it.each<[string, unknown, string[]]>([
    ['one', { a: '1' }, []],
    ['the other, beside what is no choice', { b: '1', c: {} }, []],
    ['none', {}, [one]],
    ['both', { a: '1', b: '2' }, [one]],
    ['none, beside another fault', { c: 1 }, ['invalid_type', one]],
    ['none, beside an unknown key further in', { c: { d: 1 } }, ['unrecognized_keys', one]],
    ['an unknown key, which may be what was meant', { d: '1' }, ['unrecognized_keys']],
    ['a text', 'a', ['invalid_type']],
    ['nothing', null, ['invalid_type']],
  ])('where there is %s: %j', (_what, value, problems) => {
    const issues = schema.safeParse(value).error?.issues ?? [];
    expect(issues.map(({ code, message }) => (code === 'custom' ? message : code))).toEqual(problems);
  });
});

it.each<[string, string, string, object]>([
  ["target: '< 2s'", 'target: soon', 'metrics.latency.target', { code: 'PG104' }],
  ['week: 1, days: 1-3', 'week: 1, days: 1-9', 'phases[one].schedule.days', { code: 'PG104' }],
  [
    'week: 1, days: 1-3',
    'hours: 20:00-06:00, time-zone: Berlin',
    'phases[one].schedule.time-zone',
    { code: 'PG104', message: '"Berlin" is not a time zone', hint: 'write for example Europe/Berlin or UTC' },
  ],
  ['for: 5m', 'for: 0s', 'rollback.for', { message: '"0s" is no time at all', hint: 'write for example 30s' }],
])('of a plan in which "%s" became "%s" only %s is told', (from, to, path, fault) => {
  expect(loadPlan(replaceOnce(samplePlan, from, to), 'plan.yaml').faults).toMatchObject([{ ...fault, path }]);
});
