import { holds } from '../../../plan/judge/measure.js';
import type { Bound } from '../../../plan/model.js';
import type { OwnCause } from '../causes.js';
import { countedBackMs, isAlertedTo, promDuration, type Subject, type Watched } from '../subject.js';
import { yamlFile } from '../yaml-file.js';
import { baselineSeries } from './conditions.js';
import { edgesOf } from './edges.js';
import { labelsOf, levels } from './rules.js';
import { sampleSeries } from './sample-series.js';
import { alertName, type Crossed } from './words.js';

interface Expected {
  expr: string;
  eval_time: string;
  exp_samples: Array<{ labels: string; value: number }>;
}

interface RuleTest {
  name: string;
  interval: string;
  input_series: Array<{ series: string; values: string }>;
  promql_expr_test: Expected[];
}

/** What the metrics that are compared with a baseline were before, in all tests. */
const baseline = 10;

/** What answers where nothing is measured: its rule would write what a test means to write. */
const answersAlone = new RegExp(
  [
    String.raw`\b(?:vector|scalar|absent|absent_over_time|time|pi)\s*\(`,
    String.raw`\b(?:minute|hour|day_of_(?:week|month|year)|days_in_month|month|year)\s*\(\s*\)`,
    String.raw`^[\s\d.+*/()-]*$`,
  ].join('|')
);

/**
 * `prometheus/rules.test.yml`: for each metric the values on both sides of each threshold, and which of its alerts fire
 * then; what fires without data; and that a counter is read as what it rose.
 */
export function ruleTestsFile(subject: Subject): string {
  const untested = subject.watched.filter(({ query, counter }) => counter === undefined && answersAlone.test(query));
  const tested = subject.watched.filter((each) => !untested.includes(each));
  const tests = [
    ...edgeTests(subject, tested),
    noDataTest(
      subject,
      tested.filter(({ metric, causes }) => isAlertedTo(metric, causes))
    ),
    ...counterTests(subject),
  ];
  const remarks = untested.map(
    ({ metric }) => `${metric.name}: its query may answer without any series, so there is no test of its thresholds`
  );
  const interval = promDuration(subject.everyMs);
  return yamlFile({ rule_files: ['rules.yml'], evaluation_interval: interval, tests }, [
    'Run it with: promtool test rules rules.test.yml',
    ...remarks,
  ]);
}

/** Long enough for every `for`. */
function lateEnough({ inARow, missingInARow }: Subject): number {
  return Math.max(inARow, missingInARow) + 2;
}

/** Each metric at one of its values, side by side: a test of promtool costs more than what is in it. */
function edgeTests(subject: Subject, tested: readonly Watched[]): RuleTest[] {
  const edged = tested.map((watched) => ({
    watched,
    values: edgesOf(watched.metric, watched.causes.flatMap(boundsOf)),
  }));
  const rounds = Math.max(0, ...edged.map(({ values }) => values.length));
  const samples = lateEnough(subject);
  const at = promDuration(samples * subject.everyMs);
  return Array.from({ length: rounds }, (_, round) => {
    const here = edged.flatMap(({ watched, values }) => {
      const value = values[round];
      return value === undefined ? [] : [{ watched, value }];
    });
    return {
      name: `on both sides of each threshold, ${round + 1} of ${rounds}`,
      interval: promDuration(subject.everyMs),
      input_series: here.flatMap(({ watched, value }) => [
        { series: watched.series, values: `${decimal(value)}+0x${samples}` },
        ...(watched.causes.some(({ ofBaseline }) => ofBaseline)
          ? [{ series: baselineSeries(subject, watched), values: `${baseline}+0x${samples}` }]
          : []),
      ]),
      promql_expr_test: here.flatMap(({ watched, value }) => [
        { expr: watched.series, eval_time: at, exp_samples: [{ labels: watched.series, value }] },
        alertsOf(subject, watched, firingAt(watched, value), at),
      ]),
    };
  });
}

function firingAt({ metric, causes }: Watched, value: number): Crossed[] {
  return [
    ...levels.filter((level) => metric[level] !== undefined && holds(metric[level], value)),
    ...causes.filter((cause) => boundsOf(cause).every((bound) => holds(bound, value))),
  ];
}

function boundsOf({ bounds, ofBaseline }: OwnCause): Bound[] {
  return bounds.map((bound) => (ofBaseline ? { ...bound, value: bound.value * baseline } : bound));
}

function noDataTest(subject: Subject, alerting: readonly Watched[]): RuleTest {
  const at = promDuration(lateEnough(subject) * subject.everyMs);
  return {
    name: 'a metric without data is told as what it is',
    interval: promDuration(subject.everyMs),
    input_series: [],
    promql_expr_test: alerting.map((watched) => alertsOf(subject, watched, ['no_data'], at)),
  };
}

/** All alerts of the metric that fire: those named, and no other. */
function alertsOf(
  subject: Subject,
  { metric }: Watched,
  firing: ReadonlyArray<Crossed | 'no_data'>,
  at: string
): Expected {
  const { environment, plan } = subject.labels;
  return {
    expr: `ALERTS{alertstate="firing",environment="${environment}",metric="${metric.name}",plan="${plan}"}`,
    eval_time: at,
    exp_samples: firing.map((kind) => {
      const labels = {
        alertname: alertName(metric.name, kind),
        alertstate: 'firing',
        ...labelsOf(subject, metric, kind),
      };
      const text = Object.entries(labels).map(([name, value]) => `${name}="${value}"`);
      return { labels: `ALERTS{${text.join(',')}}`, value: 1 };
    }),
  };
}

/**
 * What was counted over an hour ago does not count, and what a counter has is not what it rose, also where nothing older is
 * known. An hour takes long to play, so that counters share it where none could select a series of another.
 */
function counterTests({ everyMs, watched }: Subject): RuleTest[] {
  const before = Math.ceil(countedBackMs / everyMs) + Math.ceil(300_000 / everyMs);
  const after = Math.ceil(300_000 / everyMs);
  const rose = [
    { eval_time: promDuration(after * everyMs), value: 0 },
    { eval_time: promDuration((before + after) * everyMs), value: 3 },
  ];
  return apart(watched).map((group) => ({
    name: `a counter that went from 7 to 10 rose by 3: ${group.map(({ metric }) => metric).join(', ')}`,
    interval: promDuration(everyMs),
    input_series: group.map(({ sampled }) => ({ series: sampled, values: `7+0x${before} 10+0x${after}` })),
    promql_expr_test: group.flatMap(({ series }) =>
      rose.map(({ eval_time, value }) => ({
        expr: series,
        eval_time,
        exp_samples: [{ labels: series, value }],
      }))
    ),
  }));
}

interface Counted {
  metric: string;
  series: string;
  sampled: string;
}

/** Groups in which each counter has its own name. */
function apart(watched: readonly Watched[]): Counted[][] {
  const groups: Array<Map<string, Counted>> = [];
  for (const { metric, counter, series } of watched) {
    const sampled = counter === undefined ? undefined : sampleSeries(counter);
    if (sampled === undefined) continue;
    const [name = sampled] = sampled.split('{');
    let group = groups.find((each) => !each.has(name));
    if (!group) groups.push((group = new Map()));
    group.set(name, { metric: metric.name, series, sampled });
  }
  return groups.map((group) => [...group.values()]);
}

/** A number as the series of promtool take it, which know no exponent. */
function decimal(value: number): string {
  const text = String(value);
  return text.includes('e') ? value.toFixed(20).replace(/\.?0+$/, '') : text;
}
