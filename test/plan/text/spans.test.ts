import { describe, expect, it } from 'vitest';
import { calledText, counted, dueText, withArticle } from '../../../src/plan/text/spans.js';

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
