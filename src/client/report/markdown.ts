import { rollbackName, verificationWords } from '../../plan/outcome.js';
import type { PhaseStatus, RollbackStatus, StepRecord } from '../../plan/run-status.js';
import type { CriterionSummary } from '../../plan/run-facts.js';
import { formatValue } from '../../plan/judge/format.js';
import { standingWords } from '../../plan/standing.js';
import { capital, instantText, spanText } from '../../plan/text/spans.js';
import type { Report, Units } from './build-report.js';
import { seenRow, watchedRow } from './guard-rows.js';
import { incidentParts } from './incident-parts.js';
import { cell, mdTable } from '../markdown/table.js';

/** A report as Markdown: the outcome first, then what happened, then what it rests on. */
export function reportMarkdown(report: Report): string {
  const { units } = report;
  const parts = [
    `# ${cell(report.plan.title)} in ${cell(report.environment.title)}`,
    `**${cell(report.headline)}**`,
    finishing(report),
    factsTable(report),
    remarks(report),
    '## Timeline',
    mdTable(
      ['time (UTC)', 'where', 'state', 'what'],
      report.timeline.map((event) => [instantText(event.at), event.about, event.state, event.text])
    ),
    ...report.phases.flatMap((phase) => phaseParts(phase, units)),
    report.notStarted.length > 0
      ? `## Not started\n\n${report.notStarted.map((title) => `- ${cell(title)}`).join('\n')}`
      : '',
    '## Changes and their undo',
    changes(report),
    ...report.rollbacks.flatMap((rollback) => rollbackParts(rollback, units)),
    ...(report.incidents ?? []).flatMap(incidentParts),
    ...guardParts(report),
    report.refusals.length > 0 ? '## Refused messages' : '',
    mdTable(
      ['time (UTC)', 'message', 'by', 'why it was refused'],
      report.refusals.map(({ at, message, by, reason }) => [instantText(at), message, by ?? 'unknown', reason])
    ),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function guardParts({ guard, units }: Report): string[] {
  if (!guard) return [];
  const { metrics, news = [], evidence = [] } = guard;
  return [
    '## Guard',
    `${cell(guard.sentence)}${evidence.map(({ digest }) => ` Evidence: ${digest}.`).join('')}`,
    mdTable(
      ['metric', 'state', 'since (UTC)', 'last', 'seen (UTC)'],
      metrics.map((metric) => watchedRow(metric, units))
    ),
    news.length > 0 ? '### What it saw' : '',
    mdTable(
      ['time (UTC)', 'what', 'state', 'why'],
      news.map((one) => [instantText(one.at), ...seenRow(one), one.reason])
    ),
  ];
}

function finishing({ finishing: left }: Report): string {
  return left ? `${left.why}: \`${left.command}\` ${cell(left.remark)}` : '';
}

function factsTable({ run, plan, environment, vars, madeAt }: Report): string {
  const end = run.endedAt ?? madeAt;
  return mdTable(
    ['', ''],
    [
      ['run', `${run.workflowId} (${run.runId})`],
      ['plan', `${plan.id}, ${plan.digest}`],
      ...(plan.document ? [['plan document', standingWords(plan.document)]] : []),
      ['environment', `${environment.id} (${environment.kind})`],
      [
        'variables',
        Object.entries(vars)
          .map(([name, value]) => `${name}=${value}`)
          .join(', ') || 'none',
      ],
      ['started', `${instantText(run.startedAt)} by ${run.startedBy}`],
      ['ended', run.endedAt === undefined ? 'not yet' : instantText(run.endedAt)],
      ['took', spanText(end - run.startedAt)],
      ['report made', instantText(madeAt)],
    ]
  );
}

function remarks({ remarks: said, noWorker }: Report): string {
  const lines = [...said, ...(noWorker === undefined ? [] : [noWorker])];
  return lines.map((remark) => `> Note: ${cell(remark)}`).join('\n>\n');
}

function phaseParts(phase: PhaseStatus, units: Units): string[] {
  const took = phase.endedAt === undefined ? '' : `, ${spanText(phase.endedAt - phase.startedAt)}`;
  return [
    `## Phase ${phase.phase}: ${cell(phase.title)} (${phase.state}${took})`,
    mdTable(['step', 'what', 'state', 'result', 'evidence'], phase.steps.map(stepRow)),
    ...phase.steps
      .filter((step) => step.criteria && step.criteria.length > 0)
      .flatMap((step) => criteriaParts(step, units)),
    phase.decisions.length > 0 ? '### Decisions' : '',
    mdTable(
      ['time (UTC)', 'gate', 'who', 'decision', 'as', 'reason', 'identity'],
      phase.decisions.map((made) => [
        instantText(made.at),
        made.gate,
        made.by,
        made.decision,
        made.roles.join(', '),
        made.reason ?? '',
        made.identity === 'signature' ? 'signed' : 'not verified',
      ])
    ),
    phase.waivers.length > 0 ? '### Waivers' : '',
    mdTable(
      ['time (UTC)', 'gate', 'who', 'reason'],
      phase.waivers.map(({ at, address, by, reason }) => [instantText(at), address, by, reason])
    ),
  ];
}

function stepRow(step: StepRecord): string[] {
  const took =
    step.startedAt === undefined || step.endedAt === undefined ? '' : ` (${spanText(step.endedAt - step.startedAt)})`;
  return [
    step.address,
    step.title,
    `${step.state}${took}`,
    step.reason ?? '',
    (step.evidence ?? []).map(({ digest }) => digest).join(' '),
  ];
}

function criteriaParts(step: StepRecord, units: Units): string[] {
  return [
    `### Criteria of ${cell(step.address)}: ${cell(step.title)}`,
    mdTable(
      ['criterion', 'last', 'worst', 'ok', 'breaches', 'not valid'],
      (step.criteria ?? []).map((criterion) => criterionRow(criterion, units))
    ),
  ];
}

export function criterionRow(criterion: CriterionSummary, units: Units): string[] {
  const show = (value: number | undefined): string =>
    value === undefined ? '–' : formatValue(units[criterion.metric] ?? 'count', value);
  const { text, last, worst, ok, breaches, notValid } = criterion;
  return [text, show(last), show(worst), String(ok), String(breaches), String(notValid)];
}

function changes(report: Report): string {
  if (report.changes.length === 0) return 'Nothing was changed.';
  return mdTable(
    ['entry', 'captured (UTC)', 'change', 'before', 'now', 'undo', 'evidence of the undo'],
    report.changes.map(({ id, capturedAt, change, before, fate, reason, evidence }) => [
      id,
      instantText(capturedAt),
      change,
      before,
      fate,
      reason ?? '',
      evidence?.digest ?? '',
    ])
  );
}

function rollbackParts(rollback: RollbackStatus, units: Units): string[] {
  const verdict = rollback.verified === undefined ? rollback.state : verificationWords(rollback);
  return [
    `## ${capital(rollbackName(rollback))} (${cell(verdict)})`,
    `Because: ${cell(rollback.reason)}. Workflow: ${cell(rollback.workflowId)}`,
    mdTable(['check', 'what', 'state', 'result', 'evidence'], rollback.checks.map(stepRow)),
    ...rollback.checks
      .filter((step) => step.criteria && step.criteria.length > 0)
      .flatMap((step) => criteriaParts(step, units)),
  ];
}
