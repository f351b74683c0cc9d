import { outcomeWords, rollbackName } from '../../../plan/outcome.js';
import { standingWords } from '../../../plan/standing.js';
import { capital, counted, spanText } from '../../../plan/text/spans.js';
import type { KpiResult } from '../../../plan/run-status.js';
import { cleanLine } from '../../render/clean.js';
import { plain } from '../../render/paint.js';
import { symbolOf, toneOf } from '../../render/states.js';
import { partOf } from '../../timeline/timeline.js';
import type { Report, ReportedChange } from '../build-report.js';
import { seenRow, watchedRow } from '../guard-rows.js';
import { incidentSection } from './incident-section.js';
import { head } from './head.js';
import { html, type Html } from './markup.js';
import { anchor, shortDigest, table, tag, time, toned } from './parts.js';
import { phaseSection, rollbackSection } from './phase-section.js';
import { newPage } from './plot.js';
import { style } from './style.js';
import { timelineChart } from './timeline-chart.js';

/**
 * A report as one HTML file that needs nothing else: it opens without a network, without scripts, on light and dark
 * screens, and prints on A4. The outcome comes first, then what people must know and do, then what it rests on.
 */
export function pageOf(report: Report): string {
  newPage();
  const { plan, environment, phases, rollbacks } = report;
  const title = `${plan.title} in ${environment.title}`;
  const page = html`<!doctype html>
    <html lang="en">
      ${head(cleanLine(`${title}: ${report.state}`), style)}
      <body>
        <header>
          <h1>${title}</h1>
          <p class="sub">Migration report of run ${report.run.workflowId}, made ${time(report.madeAt)}</p>
          ${outcome(report)} ${notes(report)} ${figures(report)}
        </header>
        <main>
          <h2 id="timeline">Timeline</h2>
          ${timelineChart(report)} ${owed(report)}${waivers(report)}${kpis(report)}${decisions(report)}
          ${contents(report)} ${phases.map((phase) => phaseSection(report, phase))}
          ${notStarted(report)}${changes(report)}${rollbacks.map((rollback) => rollbackSection(report, rollback))}
          ${incidents(report)}${guard(report)}${refusals(report)}${events(report)}${basis(report)}
        </main>
        <footer>
          Made by phasegate from the run's history and evidence. Each digest names a document in the evidence store of
          ${environment.id}; point at it to see it whole.
        </footer>
      </body>
    </html> `;
  return page.text;
}

function outcome({ state, headline, remarks, finishing, outcome: end }: Report): Html {
  // The remarks have a place of their own.
  const line = remarks.reduce((text, remark) => text.replace(` · ${remark}`, ''), headline);
  const words = end ? outcomeWords(end.kind) : state;
  return html`<div class="outcome ${toneOf(state)}">
    <strong>${symbolOf(state, plain)} ${words}</strong>
    <p>${line.startsWith(`${words}: `) ? line.slice(words.length + 2) : line}</p>
    ${
      finishing
        ? html`<p>
            <strong class="bad">Not finished.</strong> ${finishing.why}:
            <code>${finishing.command}</code> ${finishing.remark}
          </p>`
        : undefined
    }
  </div>`;
}

function notes({ remarks, noWorker }: Report): Html | undefined {
  const lines = [...remarks, ...(noWorker === undefined ? [] : [noWorker])];
  if (lines.length === 0) return undefined;
  return html`<ul class="notes">
    ${lines.map((line) => html`<li><strong>Note:</strong> ${line}</li>`)}
  </ul>`;
}

function figures(report: Report): Html {
  const { run, phases, notStarted: left, changes: made, windows, waivers: passed, madeAt } = report;
  const end = run.endedAt ?? madeAt;
  const done = phases.filter((phase) => phase.state === 'completed').length;
  const undone = made.filter((change) => change.fate === 'undone' || change.fate === 'taken over by hand').length;
  const unread = (windows ?? []).filter((window) => 'problem' in window).length;
  const good = (windows ?? []).filter((window) => 'verdict' in window && window.verdict === 'PASS').length;
  const facts: Array<[string, string]> = [
    [run.endedAt === undefined ? 'under way for' : 'took', spanText(end - run.startedAt)],
    ['stages completed', `${done} of ${phases.length + left.length}`],
    ['changes', `${made.length}${undone > 0 ? `, ${undone} undone` : ''}`],
    ...(windows
      ? [
          ['windows passed', `${good} of ${windows.length}${unread > 0 ? `, ${unread} unread` : ''}`] as [
            string,
            string,
          ],
        ]
      : []),
    ['waivers', String(passed.length)],
    ['started by', run.startedBy],
  ];
  return html`<dl class="figures">
    ${facts.map(
      ([name, value]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`
    )}
  </dl>`;
}

function section(title: string, content: Html | undefined): Html | undefined {
  return (
    content &&
    html`<section aria-labelledby="${anchor(title)}">
      <h2 id="${anchor(title)}">${title}</h2>
      ${content}
    </section> `
  );
}

function guard({ guard: watched, units }: Report): Html | undefined {
  if (!watched) return undefined;
  const { metrics, news = [], evidence = [], sentence } = watched;
  return section(
    'Guard',
    html`<p>${sentence} ${evidence.map(({ digest }) => shortDigest(digest))}</p>
      ${table(
        'Metrics as they stood last',
        ['metric', 'state', 'since', 'last', 'seen'],
        metrics.map((metric) => watchedRow(metric, units))
      )}
      ${table(
        'What it saw',
        ['time', 'what', 'state', 'why'],
        news.map((one) => [time(one.at), ...seenRow(one), one.reason])
      )}`
  );
}

function owed({ owed: points, noWorker }: Report): Html | undefined {
  const unknown =
    noWorker === undefined
      ? undefined
      : html`<p>No worker answers for all of this run, so this may not be everything.</p>`;
  const rows = points.map(({ what, who, dueAt, then }) => [what, who, time(dueAt), then]);
  return section(
    'Still owed',
    rows.length > 0
      ? html`${unknown}${table('What people still have to do', ['what', 'who', 'until (UTC)', 'then'], rows)}`
      : undefined
  );
}

function waivers({ waivers: given, decisions: made }: Report): Html | undefined {
  const titleOf = (address: string): string => made.find((one) => one.about === address)?.title ?? '';
  const rows = given.map(({ at, address, by, reason }) => [
    tag('waived'),
    html`${titleOf(address)} <span class="dim">${address}</span>`,
    by,
    reason,
    time(at),
  ]);
  const table_ = table(
    'Gates that did not pass, and who let the run go on all the same',
    ['state', 'gate', 'who', 'reason', 'when (UTC)'],
    rows
  );
  return section('Waivers', table_);
}

const kpiTones: Record<KpiResult['state'], Html> = {
  met: toned('good', '✔ met'),
  'not met': toned('bad', '✖ not met'),
  owed: toned('warn', '◷ owed'),
  unknown: toned('warn', '? unknown'),
};
const groups = { technical: 'Technical', business: 'Business', 'long-term': 'Long-term' } as const;

function kpis({ kpis: results }: Report): Html | undefined {
  const tables = (Object.keys(groups) as Array<keyof typeof groups>).map((group) =>
    table(
      groups[group],
      ['metric', 'target', 'state', 'value', 'said by', 'known or due (UTC)', 'evidence'],
      results
        .filter((kpi) => kpi.group === group)
        .map((kpi) => [
          kpi.title,
          kpi.target,
          kpiTones[kpi.state],
          html`${kpi.value}${kpi.reason === undefined ? undefined : html` <span class="dim">${kpi.reason}</span>`}`,
          kpi.by ?? "the run's evidence",
          time(kpi.knownAt ?? kpi.dueAt),
          html`${(kpi.evidence ?? []).map(({ digest }) => shortDigest(digest))}`,
        ])
    )
  );
  return section('Success metrics', results.length > 0 ? html`${tables}` : undefined);
}

function decisions({ decisions: made }: Report): Html {
  const tones = {
    approved: 'good',
    rejected: 'bad',
    waived: 'warn',
    'taken over': 'warn',
    'accepted as it is': 'warn',
  } as const;
  const rows = made.map(({ at, by, decision, about, title, as, reason, identity }) => [
    time(at),
    by,
    decision === 'waived' ? tag('waived') : toned(tones[decision], decision),
    html`${title} <span class="dim">${about}</span>`,
    as.join(', '),
    reason ?? '',
    identity === undefined ? '' : identity === 'signature' ? 'signed' : 'not verified',
  ]);
  const content = table(
    'Approvals, waivers and undos by hand; answers to checklist items stand with the items',
    ['when (UTC)', 'who', 'decision', 'what', 'as', 'reason', 'identity'],
    rows
  );
  return html`${section('Who decided what, and when', content ?? html`<p>Nobody had to decide anything so far.</p>`)}`;
}

function contents({ phases, rollbacks }: Report): Html {
  const entries = [
    ...phases.map(({ phase, title }) => [anchor(`phase-${phase}`), `${phase}: ${title}`] as const),
    ['changes-and-their-undo', 'Changes and their undo'] as const,
    ...rollbacks.map((rollback) => [anchor(partOf(rollback.workflowId)), capital(rollbackName(rollback))] as const),
    ['everything-that-happened', 'Everything that happened'] as const,
    ['what-this-rests-on', 'What this rests on'] as const,
  ];
  return html`<nav aria-label="In detail">
    <h2>In detail</h2>
    <ul>
      ${entries.map(([to, text]) => html`<li><a href="#${to}">${text}</a></li>`)}
    </ul>
  </nav>`;
}

function notStarted({ notStarted: titles }: Report): Html | undefined {
  return section(
    'Not started',
    titles.length > 0
      ? html`<ul>
          ${titles.map((title) => html`<li>${title}</li>`)}
        </ul>`
      : undefined
  );
}

const fateTones: Record<ReportedChange['fate'], 'good' | 'warn' | 'bad' | 'info'> = {
  'in force': 'info',
  'being undone': 'warn',
  undone: 'good',
  'taken over by hand': 'warn',
  'accepted as it is': 'warn',
  'cannot be undone': 'bad',
};

function changes({ changes: made }: Report): Html | undefined {
  const rows = made.map(({ id, change, before, capturedAt, fate, reason, evidence }) => [
    id,
    change,
    before,
    time(capturedAt),
    toned(fateTones[fate], fate),
    html`${reason} ${evidence ? shortDigest(evidence.digest) : undefined}`,
  ]);
  const content = table(
    `${counted(made.length, 'change')} to production`,
    ['entry', 'change', 'before', 'captured (UTC)', 'now', 'undo'],
    rows
  );
  return section('Changes and their undo', content ?? html`<p>Nothing was changed.</p>`);
}

function incidents({ incidents: all = [] }: Report): Html | undefined {
  return section('Incidents', all.length > 0 ? html`${all.map(incidentSection)}` : undefined);
}

function refusals({ refusals: all }: Report): Html | undefined {
  const rows = all.map(({ at, message, by, reason }) => [time(at), message, by ?? 'unknown', reason]);
  return section(
    'Refused messages',
    table('Messages that changed nothing', ['when (UTC)', 'message', 'by', 'why it was refused'], rows)
  );
}

function events({ timeline }: Report): Html | undefined {
  const rows = timeline.map(({ at, about, state, text }) => [time(at), about, tag(state), text]);
  return section('Everything that happened', table('In order', ['when (UTC)', 'where', 'state', 'what'], rows));
}

function basis({ run, plan, environment, vars, madeAt }: Report): Html | undefined {
  const rows = [
    ['run', html`${run.workflowId} (${run.runId})`],
    ['plan', html`${plan.id}, <code>${plan.digest}</code>`],
    ...(plan.document ? [['plan document', standingWords(plan.document)]] : []),
    ['environment', `${environment.id} (${environment.kind})`],
    [
      'variables',
      Object.entries(vars)
        .map(([name, value]) => `${name}=${value}`)
        .join(', ') || 'none',
    ],
    ['started', html`${time(run.startedAt)} by ${run.startedBy}`],
    ['ended', run.endedAt === undefined ? 'not yet' : time(run.endedAt)],
    ['report made', time(madeAt)],
  ];
  return section('What this rests on', table('The run, its plan and where it ran', ['fact', 'value'], rows));
}
