import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { shipped } from './plans.js';
import { rendered, tool } from './rendered.js';

interface Group {
  name: string;
  rules: Array<{ record?: string }>;
}

const counter = 'chat_isolation_violations_total';
const record = 'phasegate:user_isolation_violations';

const seen = (instance: string, values: string) => ({
  series: `${counter}{job="chat",instance="${instance}"}`,
  values,
});
const up = (instance: string, values: string) => ({ series: `up{job="chat",instance="${instance}"}`, values });

/** The most that a rule says at any time up to a minute, and what it says then; undefined where it says nothing. */
type Said = [minute: number, most: number | undefined, then: number | undefined];

describe('what a counter rose in the latest hour', () => {
  // A sample every 15 s: 40 in ten minutes.
  it.each<[string, object[], Said[]]>([
    [
      'is nothing an hour after it could not be scraped for ten minutes',
      [seen('a', '7x79 _x40 7x400'), up('a', '1x79 0x40 1x400')],
      [[125, 0, 0]],
    ],
    [
      'is nothing an hour after Prometheus was away for fifty minutes',
      [seen('a', '7x79 _x200 7x300'), up('a', '1x79 _x200 1x300')],
      [[140, 0, 0]],
    ],
    ['is nothing for a Prometheus that has just begun', [seen('a', '7x80'), up('a', '1x80')], [[20, 0, 0]]],
    [
      'is nothing where the target was down when Prometheus began',
      [seen('a', '_x20 7x80'), up('a', '0x20 1x80')],
      [[20, 0, 0]],
    ],
    [
      'is what it rose since, when an instance has got another name',
      [seen('a', '7x79 stale'), up('a', '1x79 stale'), seen('b', '_x80 7x39 8x300'), up('b', '_x80 1x340')],
      [
        [29, 0, 0],
        [35, 1, 1],
      ],
    ],
    [
      'is what it was born with, where its target was scraped before: nothing had been counted then',
      [seen('a', '_x79 1x400'), up('a', '1x480')],
      [
        [22, 1, 1],
        [100, 1, 0],
      ],
    ],
    [
      'is so for a target that is new itself',
      [seen('a', '0x400'), up('a', '1x400'), seen('b', '_x200 1x100'), up('b', '_x196 1x104')],
      [[60, 1, 1]],
    ],
    [
      'is nothing for what it had when a series is not of a target that Prometheus knows',
      [{ series: counter, values: '_x79 7x200' }, up('a', '1x300')],
      [[40, 0, 0]],
    ],
    [
      'is what it counted before and after a restart, once',
      [seen('a', '7x280 9x39 0x39 1x80'), up('a', '1x440')],
      [[95, 3, 3]],
    ],
    [
      'is nothing for one that restarted and is not older than an hour',
      [seen('a', '7x79 0x80'), up('a', '1x160')],
      [[35, 0, 0]],
    ],
    [
      'is not told when all that counted are gone',
      [seen('a', '7x79 stale'), up('a', '1x79 stale')],
      [[25, 0, undefined]],
    ],
  ])('%s', { timeout: 60_000 }, async (_, series, said) => {
    const { folder } = await rendered(await shipped());
    const file = path.join(folder, 'prometheus/rules.yml');
    const { groups } = parse(readFileSync(file, 'utf8')) as { groups: Group[] };
    const own = groups.flatMap(({ name, rules }) =>
      name.endsWith(' metrics')
        ? [
            {
              name,
              rules: rules.filter((rule) => rule.record === record || rule.record?.startsWith('phasegate:target:')),
            },
          ]
        : []
    );
    writeFileSync(file, stringify({ groups: own }));
    const sample = (value: number | undefined) => (value === undefined ? [] : [{ labels: '{}', value }]);
    const tests = [
      {
        interval: '15s',
        input_series: series,
        promql_expr_test: said.flatMap(([minute, most, then]) => [
          { expr: `max(max_over_time(${record}[3h]))`, eval_time: `${minute}m`, exp_samples: sample(most) },
          { expr: `max(${record})`, eval_time: `${minute}m`, exp_samples: sample(then) },
        ]),
      },
    ];
    const test = path.join(folder, 'prometheus/counter.test.yml');
    writeFileSync(test, stringify({ rule_files: ['rules.yml'], evaluation_interval: '15s', tests }));
    const tested = await tool('promtool', path.dirname(test), ['test', 'rules', test]);
    expect(tested.code, tested.out).toBe(0);
  });
});
