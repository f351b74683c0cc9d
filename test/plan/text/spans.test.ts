import { describe, expect, it } from 'vitest';
import {
  allOf,
  calledText,
  capital,
  counted,
  dueText,
  instantText,
  named,
  oneOf,
  spanText,
  withArticle,
} from '../../../src/plan/text/spans.js';

describe('names', () => {
  it('are all told when they are few, and counted from the twenty-first on', () => {
    const many = Array.from({ length: 22 }, (_, index) => `user-${index + 1}`);
    expect(named(['ann', 'bob'])).toBe('ann, bob');
    expect(named(many)).toMatch(/^user-1, .*user-20 and 2 more$/);
  });
});

describe('a count', () => {
  it.each([
    [0, '0 changes'],
    [1, '1 change'],
    [2, '2 changes'],
  ])('of %i is %s', (count, text) => {
    expect(counted(count, 'change')).toBe(text);
  });
});

it.each([
  ['engineering-lead', 'an engineering-lead'],
  ['Owner', 'an Owner'],
  ['release-manager', 'a release-manager'],
  ['user', 'a user'],
])('the article of %s', (noun, text) => {
  expect(withArticle(noun)).toBe(text);
});

it.each([
  [[], 'nobody is called'],
  [['erin'], 'erin is called'],
  [['erin', 'lee', 'ola'], 'erin, lee and ola are called'],
])('who is called: %j', (names, text) => {
  expect(calledText(names)).toBe(text);
});

it.each([
  [59_999, 'until 1970-01-01 00:01:00Z'],
  [60_000, 'overdue for 0 ms'],
  [120_000, 'overdue for 60 s'],
])('what is due in a minute, at %i ms: %s', (now, text) => {
  expect(dueText(60_000, now)).toBe(text);
});

const [second, minute, hour] = [1000, 60_000, 3_600_000];
it.each([
  [-5, '0 ms'],
  [849.6, '850 ms'],
  [999, '999 ms'],
  [second, '1 s'],
  [119 * second + 499, '119 s'],
  [119 * second + 500, '2 min'],
  [150 * second, '3 min'],
  [119 * minute, '119 min'],
  [120 * minute, '2 h'],
  [125 * minute, '2 h 5 min'],
  [48 * hour - minute, '47 h 59 min'],
  [48 * hour, '2 d'],
  [76 * hour + 59 * minute, '3 d 4 h'],
])('a span of %d ms is %s', (ms, text) => {
  expect(spanText(ms)).toBe(text);
});

it('an instant is told without its milliseconds', () => {
  expect(instantText(Date.UTC(2026, 10, 22, 14, 5, 9, 250))).toBe('2026-11-22 14:05:09Z');
});

it.each([
  [[], 'nobody', 'nobody'],
  [['erin'], 'erin', 'erin'],
  [['erin', 'lee'], 'erin and lee', 'erin or lee'],
  [['erin', 'lee', 'ola'], 'erin, lee and ola', 'erin, lee or ola'],
])('all of %j, and one of them', (names, all, one) => {
  expect([allOf(names), oneOf(names)]).toEqual([all, one]);
});

it.each([
  ['no data', 'No data'],
  ['Already', 'Already'],
  ['', ''],
])('a title begins with a capital: "%s"', (text, title) => {
  expect(capital(text)).toBe(title);
});
