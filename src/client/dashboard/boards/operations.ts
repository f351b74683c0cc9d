import { metricTopics } from '../../../plan/dashboards.js';
import { isUnresolved } from '../../../plan/incidents/status.js';
import { incidentAddressOf } from '../../../plan/names.js';
import { awaited } from '../../../plan/text/sentences.js';
import { spanText } from '../../../plan/text/spans.js';
import { gatesOf } from '../../read/gates.js';
import { owedFor } from '../../read/incident-debt.js';
import { cleanLine } from '../../render/clean.js';
import { timeline } from '../../timeline/timeline.js';
import type { Block, Cell, Panel, Table } from '../document.js';
import { figureOf } from '../figures.js';
import { isOpen, kpisOf, type ShownKpi } from '../kpis.js';
import { mark, markOf } from '../marks.js';
import { plotOf } from '../plots.js';
import type { View } from '../seen.js';
import { rollbackBlocks } from './rollback-readiness.js';
import { alertBlocks, byGravity, incidentBlocks } from './watch.js';

const lastEvents = 6;
const mostGates = 5;

/** For those who are on call. */
export function operationsBoard(view: View): Panel[] {
  return [
    {
      id: 'deployment',
      title: 'Deployment Status',
      about: 'What runs, what it waits for, and who can unblock it',
      span: 7,
      blocks: deploymentBlocks(view),
    },
    {
      id: 'incidents',
      title: 'Incident Status',
      about: 'Open incidents and escalations',
      span: 5,
      blocks: incidentBlocks(view),
    },
    {
      id: 'rollback',
      title: 'Rollback Readiness',
      about: 'What would be taken back, and whether the way is known to work',
      span: 5,
      blocks: rollbackBlocks(view),
    },
    { id: 'alerts', title: 'Alert History', about: 'What the guard says and whom it told', span: 7, blocks: alertBlocks(view) }, // prettier-ignore
    {
      id: 'business',
      title: 'Business Metrics',
      about: 'SLA and what else was promised, and how it stands',
      span: 12,
      blocks: businessBlocks(view),
    },
  ];
}

function deploymentBlocks(view: View): Block[] {
  const { snapshot, now } = view;
  const running = snapshot.phases
    .flatMap(({ steps }) => steps)
    .filter(({ state }) => state === 'running')
    .map((step): Cell[] => [
      { text: step.title, sub: step.address },
      { text: step.state, mark: markOf(step.state) },
      step.startedAt === undefined ? '' : `for ${spanText(now - step.startedAt)}`,
    ]);
  const gates = gatesOf(snapshot);
  const asked = gates.slice(0, mostGates).map((gate): Cell[] => [
    { text: gate.title, sub: gate.kind === 'hold' ? `${gate.address}: ${gate.reason}` : gate.address },
    { text: awaited(gate), mark: markOf(gate.kind === 'hold' ? 'on hold' : 'waiting') },
    { text: untilWords(gate.deadlineAt, now), sub: `then ${gate.then}` },
  ]);
  const waits = [...owedToIncidents(view), ...asked];
  const events = timeline(snapshot)
    .filter(({ about, text }, index, all) => all[index - 1]?.about !== about || all[index - 1]?.text !== text)
    .slice(-lastEvents)
    .toReversed()
    .map((event): Cell[] => [
      `${spanText(now - event.at)} ago`,
      { text: cleanLine(event.text), mark: markOf(event.state), sub: event.about, story: true },
    ]);
  const more = gates.length > mostGates ? ` (${mostGates} of ${gates.length}, the most urgent first)` : '';
  return [
    ...tableOr(running, { caption: 'Runs now', columns: ['Step', 'State', 'Time'] }, nothingRuns(view)),
    ...tableOr(
      waits,
      { caption: `Waits for people${more}`, columns: ['What', 'Who', 'Until'] },
      'Nobody is waited for.'
    ),
    ...tableOr(events, { caption: 'Happened last', columns: ['When', 'What'] }, 'Nothing has happened yet.'),
  ];
}

/** What people owe to incidents stands before all else. */
function owedToIncidents({ watch, snapshot, now }: View): Cell[][] {
  return byGravity(watch.incidents).flatMap((incident): Cell[][] => {
    const debt = incident.validating ? undefined : owedFor(incident, snapshot.frozen);
    if (!debt) return [];
    const { who, what, until, then } = debt;
    const due: Cell =
      until === undefined
        ? ''
        : { text: untilWords(until, now), ...(then === undefined ? {} : { sub: `then ${then}` }) };
    const tone = incident.severity === 1 && isUnresolved(incident) ? 'bad' : 'warn';
    return [
      [
        { text: `${incidentAddressOf(incident.number)}: ${what}`, sub: incident.title },
        { text: who, mark: mark(tone, 'waiting', '◷') },
        due,
      ],
    ];
  });
}

function nothingRuns({ snapshot }: View): string {
  return snapshot.run.outcome ? 'The run has ended.' : 'No step runs at this moment.';
}

function untilWords(at: number, now: number): string {
  return at >= now ? `in ${spanText(at - now)}` : `${spanText(now - at)} ago`;
}

function tableOr(rows: Cell[][], about: { caption: string; columns: string[] }, nothing: string): Block[] {
  if (rows.length > 0) return [{ kind: 'table', ...about, rows }];
  return [{ kind: 'note', mark: mark('dim', 'nothing'), text: nothing }];
}

const kpiTable: Omit<Table, 'rows'> = {
  kind: 'table',
  caption: 'Success metrics of the migration',
  columns: ['Metric', 'Target', 'State', 'What is known'],
};

function businessBlocks(view: View): Block[] {
  const { plan } = view.snapshot.frozen;
  const topics = metricTopics(plan);
  const red = Object.values(plan.metrics).filter(({ priority }) => priority === 'red');
  const shown = [...new Set([...red, ...topics.uptime])].map((metric) => figureOf(view, metric));
  const kpis = [...kpisOf(view, 'technical'), ...kpisOf(view, 'business')];
  const rows = kpis
    .filter((kpi) => !isOpen(kpi))
    .map(({ kpi, mark: shownMark, text }): Cell[] => [
      kpi.title,
      kpi.target,
      { text: shownMark.word, mark: shownMark },
      text,
    ]);
  return [
    ...(shown.length > 0 ? [{ kind: 'figures', items: shown } as const] : []),
    ...(topics.goldenPath.length > 0
      ? [{ kind: 'plots', items: topics.goldenPath.map((metric) => plotOf(view, metric)) } as const]
      : []),
    ...(rows.length > 0 ? [{ ...kpiTable, rows }] : []),
    ...openKpis(kpis.filter(isOpen)),
  ];
}

/** Success metrics that are not known yet, by who or what will tell. */
function openKpis(open: readonly ShownKpi[]): Block[] {
  const when = new Map<string, string[]>();
  for (const { kpi, text } of open) when.set(text, [...(when.get(text) ?? []), `${kpi.title} (${kpi.target})`]);
  return [...when].map(([text, titles]): Block => {
    return { kind: 'note', mark: mark('dim', 'not known yet', '◷'), text: `${text}: ${titles.join(', ')}` };
  });
}
