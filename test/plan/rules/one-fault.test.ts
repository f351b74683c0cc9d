import { parseDocument, visit } from 'yaml';
import { expect, it } from 'vitest';
import { freezeTexts } from '../support/freeze-texts.js';
import { watchedEnvironment, watchedPlan } from '../support/watch-samples.js';

interface Spoilt {
  text: string;
  line: number;
}

/** A text once for each of its values, with a list where none may be. */
function spoilt(text: string): Spoilt[] {
  const found: Spoilt[] = [];
  visit(parseDocument(text), {
    Scalar: (key, { range }) => {
      if (key === 'key' || !range) return;
      const before = text.slice(0, range[0]);
      found.push({
        text: `${before}[[]]${text.slice(range[1])}`,
        line: before.split('\n').length,
      });
    },
  });
  return found;
}

/** The places of all mappings and lists below a value. */
function placesIn(value: unknown, path: readonly (string | number)[] = []): Array<readonly (string | number)[]> {
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.entries(value).flatMap(([key, part]) =>
    placesIn(part, [...path, Array.isArray(value) ? Number(key) : key])
  );
  return path.length === 0 ? inner : [path, ...inner];
}

/** A text once for each of its mappings and lists, with a number where none may be. */
function gutted(text: string): string[] {
  return placesIn(parseDocument(text).toJS()).map((path) => {
    const document = parseDocument(text);
    document.setIn(path, 5);
    return document.toString();
  });
}

it.each([
  ['a plan', 'plan.yaml', spoilt(watchedPlan), (text: string) => freezeTexts(text, watchedEnvironment)],
  ['an environment', 'lab.yaml', spoilt(watchedEnvironment), (text: string) => freezeTexts(watchedPlan, text)],
] as const)(
  'each value of %s that cannot be is one fault in its line, and nothing that follows from it',
  {
    timeout: 60_000,
  },
  (_, file, cases, freeze) => {
    expect(cases.length).toBeGreaterThan(30);
    for (const { text, line } of cases) {
      const faults = freeze(text).faults.map((fault) => [fault.file, fault.line, fault.message]);
      expect(faults, text.split('\n')[line - 1]).toEqual([[file, line, expect.any(String)]]);
    }
  }
);

it.each([
  ['a plan', 'plan.yaml', gutted(watchedPlan), (text: string) => freezeTexts(text, watchedEnvironment)],
  ['an environment', 'lab.yaml', gutted(watchedEnvironment), (text: string) => freezeTexts(watchedPlan, text)],
] as const)('so is each mapping and each list of %s', { timeout: 60_000 }, (_, file, cases, freeze) => {
  expect(cases.length).toBeGreaterThan(10);
  for (const text of cases) {
    const faults = freeze(text).faults.map((fault) => [fault.file, fault.message]);
    expect(faults, text).toEqual([[file, expect.stringMatching(/found 5$|^5 is not one of the choices$/)]]);
  }
});
