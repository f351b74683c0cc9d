import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { dashboardOf } from '../../../src/client/monitoring/grafana/dashboards.js';
import { coloursOf } from '../../../src/client/monitoring/grafana/colours.js';
import { subjectOf } from '../../../src/client/monitoring/subject.js';
import type { Bound, FrozenPlan } from '../../../src/plan/model.js';
import { runMetrics } from '../../../src/plan/run-metrics.js';
import { findOnPath } from '../../../demo/servers/processes.js';
import { backfilledPrometheus, type BackfilledPrometheus } from '../../support/metrics/backfill.js';
import { needs } from '../../support/needs.js';
import { odd, shipped, watchedOver } from './plans.js';
import { selectorsOf } from './promql.js';
import { rendered } from './rendered.js';

interface Drawn {
  uid: string;
  annotations: { list: Array<{ expr?: string; titleFormat?: string }> };
  panels: Array<{
    id: number;
    type: string;
    title: string;
    gridPos: { x: number; y: number; w: number; h: number };
    targets?: Array<{ expr: string; legendFormat?: string }>;
    fieldConfig?: {
      defaults: { thresholds?: { steps: unknown[] }; custom?: { thresholdsStyle?: { mode: string } } };
    };
    description?: string;
    options?: { content?: string };
  }>;
}

const kinds = ['executive', 'engineering', 'operations'] as const;
const from = Math.floor((Date.now() - 3600_000) / 15_000) * 15_000;

let prometheus: BackfilledPrometheus | undefined;
beforeAll(async () => {
  const promtool = findOnPath('promtool');
  if (promtool === undefined || findOnPath('prometheus') === undefined) return;
  const own = '{plan="user-execution-context",environment="example-production"}';
  const gauge = (name: string, value: number, labels = own) => ({
    name,
    type: 'gauge' as const,
    labels,
    valueAt: () => value,
  });
  prometheus = await backfilledPrometheus(
    [
      // Nobody asked for five minutes, then nobody measured the quality any more.
      { ...gauge('phasegate:golden_path_success_rate', 0.96), valueAt: (at) => (at > 3000 && at <= 3300 ? NaN : 0.96) },
      { ...gauge('phasegate:chat_response_quality', 0.9), valueAt: (at) => (at > 3300 ? undefined : 0.9) },
      gauge('phasegate_run_read', 1),
      gauge('phasegate_incidents_escalated', 0),
      gauge('phasegate_incident_state', 1, own.replace('}', ',incident="1",severity="1",state="resolved"}')),
      gauge('phasegate_phase_state', 1, own.replace('}', ',phase="1a",state="completed"}')),
      gauge('phasegate_phase_state', 1, own.replace('}', ',phase="1b",state="running"}')),
    ],
    { from, minutes: 65, promtool }
  );
});
afterAll(async () => {
  await prometheus?.stop();
  prometheus?.remove();
});

/** What a query answers; Grafana fills in the time that is shown. */
async function ask(
  expr: string,
  at = from + 1800_000
): Promise<{ status: string; error?: string; data?: { result: Array<{ value: [number, string] }> } }> {
  needs('prometheus', 'apt-get install --no-install-recommends prometheus');
  const body = new URLSearchParams({ query: expr.replaceAll('$__range', '1h'), time: String(at / 1000) });
  const response = await fetch(`${prometheus?.url}/api/v1/query`, { method: 'POST', body });
  return (await response.json()) as Awaited<ReturnType<typeof ask>>;
}

async function drawn(plan: FrozenPlan, revenue?: number): Promise<Record<(typeof kinds)[number], Drawn>> {
  const { files } = await rendered(plan, revenue === undefined ? {} : { revenue });
  const read = (kind: string): Drawn => JSON.parse(files.get(`grafana/${kind}.json` as never) ?? '') as Drawn;
  return { executive: read('executive'), engineering: read('engineering'), operations: read('operations') };
}

function queriesOf({ panels, annotations }: Drawn): string[] {
  return legendsOf({ panels, annotations }).map(({ expr }) => expr);
}

/** Each query with what its series are called. */
function legendsOf({ panels, annotations }: Pick<Drawn, 'panels' | 'annotations'>): Array<{
  expr: string;
  legend: string;
}> {
  const drawn = panels.flatMap(({ targets = [] }) => targets);
  return [
    ...drawn.map(({ expr, legendFormat = '' }) => ({ expr, legend: legendFormat })),
    ...annotations.list.flatMap(({ expr, titleFormat = '' }) =>
      expr === undefined ? [] : [{ expr, legend: titleFormat }]
    ),
  ];
}

/** Name of a series -> the labels that it has wherever it comes from. */
async function labelsOf(plan: FrozenPlan): Promise<Map<string, ReadonlySet<string>>> {
  const { files } = await rendered(plan);
  const { groups } = parse(files.get('prometheus/rules.yml') ?? '') as {
    groups: Array<{ rules: Array<{ record?: string; labels: Record<string, string> }> }>;
  };
  const rules = groups.flatMap((group) => group.rules);
  const [first, ...others] = rules
    .filter(({ record }) => record === undefined)
    .map(({ labels }) => Object.keys(labels));
  // What only some alerts have would leave the others out.
  const common = (first ?? []).filter((label) => others.every((labels) => labels.includes(label)));
  return new Map(
    [
      ...rules.flatMap(({ record, labels }) => (record === undefined ? [] : [[record, Object.keys(labels)] as const])),
      ...Object.entries(runMetrics).map(([name, { labels }]) => [name, labels] as const),
      ['ALERTS', ['alertname', 'alertstate', ...common]] as const,
    ].map(([name, labels]) => [name, new Set<string>(labels)] as const)
  );
}

describe.each([
  ['the shipped plan', shipped],
  ['a plan with routes', watchedOver],
  ['a plan of odd metrics', async () => odd()],
])('the dashboards of %s', (_, plan) => {
  it('ask a real Prometheus nothing that it does not understand', async () => {
    const all = Object.values(await drawn(await plan(), 500_000)).flatMap(queriesOf);
    expect(all.length).toBeGreaterThan(30);
    for (const expr of all) expect((await ask(expr)).status, expr).toBe('success');
  });

  it('ask only for what the rules record, what a worker exports, and alerts', async () => {
    const frozen = await plan();
    const known = new Set<string>([
      ...subjectOf(frozen).watched.map(({ record }) => record),
      ...Object.keys(runMetrics),
      'ALERTS',
    ]);
    const asked = Object.values(await drawn(frozen, 500_000))
      .flatMap(queriesOf)
      .flatMap((expr) => [...expr.matchAll(/([A-Za-z_:][\w:]*)\{/g)].map(([, name = '']) => name));
    expect(asked.filter((name) => !known.has(name))).toEqual([]);
    // Nothing that is measured is left out.
    for (const { record } of subjectOf(frozen).watched) expect(asked).toContain(record);
  });

  it('match, group and name by labels that the series have', async () => {
    const frozen = await plan();
    const known = await labelsOf(frozen);
    const all = Object.values(await drawn(frozen, 500_000)).flatMap(legendsOf);
    for (const { expr, legend } of all) {
      const { selectors, kept } = selectorsOf(expr);
      expect(selectors.length, expr).toBeGreaterThan(0);
      const unknown = selectors.flatMap(({ name, labels }) => labels.filter((label) => !known.get(name)?.has(label)));
      expect(unknown, expr).toEqual([]);
      const shown = [...legend.matchAll(/\{\{\s*(\w+)\s*\}\}/g)].map(([, label = '']) => label);
      expect(
        shown.filter((label) => !kept.includes(label)),
        `${legend} of ${expr}`
      ).toEqual([]);
    }
  });

  it('have a grid without overlap, and ids that are their own', async () => {
    const boards = Object.values(await drawn(await plan()));
    expect(new Set(boards.map(({ uid }) => uid)).size).toBe(3);
    for (const { uid, panels } of boards) {
      expect(uid.length).toBeLessThanOrEqual(40);
      expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
      const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
        Array.from({ length: w * h }, (__, index) => `${x + (index % w)},${y + Math.floor(index / w)}`)
      );
      expect(new Set(cells).size).toBe(cells.length);
      for (const { gridPos } of panels) expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
    }
  });
});

describe('the panels that the first plan names', () => {
  it.each([
    ['executive', ['Golden Path Health', 'Revenue Impact', 'User Experience', 'Security Status', 'System Stability']],
    [
      'engineering',
      ['Component Health', 'Performance Trends', 'Error Analysis', 'Resource Utilization', 'Migration Progress'],
    ],
    ['operations', ['Incident Status', 'Alert History', 'Rollback Readiness', 'Deployment Status', 'Business Metrics']],
  ] as const)('are all on the %s dashboard, each with something in it', async (kind, titles) => {
    expect(dashboardOf(kind, subjectOf(await shipped())).sections.map(({ title }) => title)).toEqual(titles);
    for (const { panels } of dashboardOf(kind, subjectOf(odd())).sections) expect(panels.length).toBeGreaterThan(0);
    const { [kind]: board } = await drawn(await shipped());
    expect(board.panels.filter(({ type }) => type === 'row').map(({ title }) => title)).toEqual(titles);
  });

  it('show each metric with its thresholds', async () => {
    const { executive } = await drawn(await shipped());
    const panel = executive.panels.find(
      ({ type, title }) => type === 'timeseries' && title === 'golden_path_success_rate'
    );
    expect(panel?.fieldConfig?.defaults.thresholds?.steps).toEqual([
      { value: null, color: 'red' },
      { value: 0.8, color: 'orange' },
      { value: 0.9, color: 'yellow' },
      { value: 0.95, color: 'green' },
    ]);
  });

  it.each([
    ['executive', true],
    ['engineering', true],
    // It plots the run alone, which has none.
    ['operations', false],
  ] as const)(
    'draw on the plots of the %s what is a threshold, where one has any (%s), and mark the phases',
    async (kind, hasAny) => {
      const { panels, annotations } = (await drawn(await shipped()))[kind];
      expect(annotations.list.map(({ expr }) => expr)).toContainEqual(
        expect.stringContaining('phasegate_phase_started_timestamp_seconds')
      );
      const plots = panels.filter(({ type }) => type === 'timeseries');
      const modes = plots.map(({ fieldConfig }) => [
        (fieldConfig?.defaults.thresholds?.steps.length ?? 0) > 1,
        fieldConfig?.defaults.custom?.thresholdsStyle?.mode,
      ]);
      expect(modes.some(([hasThreshold]) => hasThreshold)).toBe(hasAny);
      for (const [hasThreshold, mode] of modes) expect(mode).toBe(hasThreshold ? 'line+area' : 'off');
    }
  );

  it('show the words of the plan as they are, where Grafana reads Markdown', async () => {
    const plan = await shipped();
    const [name = '', metric] = Object.entries(plan.plan.metrics)[0] ?? [];
    const evil = '<img src=x onerror=alert(1)> [x](javascript:alert(1)) *b*';
    const metrics = { ...plan.plan.metrics, [name]: { ...metric!, description: evil, impact: evil } };
    const { executive } = await drawn({ ...plan, plan: { ...plan.plan, metrics } });
    const read = executive.panels.flatMap(({ description = '', options }) => [description, options?.content ?? '']);
    expect(read.filter((text) => text.includes('\\<img src=x onerror=alert(1)\\> \\[x\\]')).length).toBeGreaterThan(1);
    for (const text of read) expect(text).not.toMatch(/(?<!\\)<img|(?<!\\)\[x/);
  });

  it('say that nothing measures satisfaction, processors and revenue, instead of a figure', async () => {
    const { executive, engineering } = await drawn(await shipped());
    const silent = [...executive.panels, ...engineering.panels].filter(({ options }) =>
      options?.content?.startsWith('**No data source.**')
    );
    expect(silent.map(({ title }) => title)).toEqual(['Estimated revenue at risk', 'Satisfaction', 'CPU']);
  });

  it('compute the revenue at risk from what was declared and the worst red success rate', async () => {
    const { executive } = await drawn(await shipped(), 500_000);
    const panel = executive.panels.find(({ title }) => title.startsWith('Estimated revenue'));
    const at = async (seconds: number): Promise<number[]> => {
      const { data } = await ask(panel?.targets?.[0]?.expr ?? '', from + seconds * 1000);
      return (data?.result ?? []).map(({ value }) => Math.round(Number(value[1])));
    };
    expect(await at(1800)).toEqual([50_000]);
    // One of them is not a number, or not there: it may be the worst.
    expect(await at(3200)).toEqual([]);
    expect(await at(3800)).toEqual([]);
  });

  it('show progress and compliance as shares, and no open incident only while the run is read', async () => {
    const { operations } = await drawn(await shipped());
    const value = async (title: string, at?: number): Promise<string | undefined> => {
      const panel = operations.panels.find((each) => each.title === title);
      return (await ask(panel?.targets?.[0]?.expr ?? '', at)).data?.result[0]?.value[1];
    };
    expect(await value('Progress')).toBe('0.5');
    expect(await value('golden_path_success_rate: compliance')).toBe('1');
    expect(await value('chat_response_quality: compliance')).toBe('0');
    // The five minutes without a number are left out.
    expect(await value('golden_path_success_rate: compliance', from + 3800_000)).toBe('1');
    expect(await value('Open incidents')).toBe('0');
    expect(await value('Open incidents', from - 3600_000)).toBeUndefined();
  });
});

describe('the colours of a metric', () => {
  const bound = (op: Bound['op'], value: number): Bound => ({ op, value, text: '' });
  it.each([
    ['a metric without thresholds', {}, [[null, 'blue']]],
    [
      'the lower the worse',
      { target: bound('>', 9), critical: bound('<', 5) },
      [
        [null, 'red'],
        [5, 'yellow'],
        [9, 'green'],
      ],
    ],
    [
      'the higher the worse',
      { target: bound('<', 1), warning: bound('>', 2), critical: bound('>', 5) },
      [
        [null, 'green'],
        [1, 'yellow'],
        [2, 'orange'],
        [5, 'red'],
      ],
    ],
    [
      'none at all',
      { target: bound('==', 0), warning: bound('>=', 1), critical: bound('>=', 3) },
      [
        [null, 'yellow'],
        [0, 'green'],
        [0.000001, 'yellow'],
        [1, 'orange'],
        [3, 'red'],
      ],
    ],
    [
      'one exact value',
      { critical: bound('==', 7) },
      [
        [null, 'green'],
        [7, 'red'],
        [7.000007, 'green'],
      ],
    ],
    [
      'both sides',
      { warning: bound('<', 1), critical: bound('>', 5) },
      [
        [null, 'orange'],
        [1, 'green'],
        [5, 'red'],
      ],
    ],
  ])('of %s', (_, levels, steps) => {
    expect(coloursOf(levels).map(({ value, color }) => [value, color])).toEqual(steps);
  });
});
