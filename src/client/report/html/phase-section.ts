import { formatValue } from '../../../plan/judge/format.js';
import { capital, spanText } from '../../../plan/text/spans.js';
import { rollbackName, verificationWords } from '../../../plan/outcome.js';
import type { PhaseStatus, RollbackStatus, StepRecord } from '../../../plan/run-status.js';
import { partOf } from '../../timeline/timeline.js';
import type { Report, Units } from '../build-report.js';
import type { ReportedItem } from '../checklists.js';
import { criterionRow } from '../markdown.js';
import { html, linked, type Html } from './markup.js';
import { anchor, shortDigest, table, tag, time, type Cell } from './parts.js';
import { windowsOf } from './windows.js';

/** A phase: what it did step by step, and what its windows saw. */
export function phaseSection(report: Report, phase: PhaseStatus): Html {
  const { title, phase: id, state, startedAt, endedAt, sentence } = phase;
  const lists = report.checklists.filter((list) => list.phase === id);
  const listed = new Set(lists.flatMap(({ items }) => items.map((item) => item.id)));
  const took = endedAt === undefined ? 'under way' : `took ${spanText(endedAt - startedAt)}`;
  return html`<section aria-labelledby="${anchor(`phase-${id}`)}">
    <h2 id="${anchor(`phase-${id}`)}">${id}: ${title} ${tag(state)}</h2>
    <p class="dim">
      From ${time(startedAt)}${endedAt === undefined ? undefined : html` to ${time(endedAt)}`},
      ${took}.${endedAt === undefined ? ` ${sentence}` : ''}
    </p>
    ${lists.map((list) =>
      table(list.title, ['item', 'state', 'answered by', 'when (UTC)', 'answer or result'], list.items.map(itemRow))
    )}${steps(
      phase.steps.filter((step) => !listed.has(step.id)),
      report
    )}${windowsOf(report, phase.workflowId)}${newNormal(phase, report.units)}
  </section> `;
}

export function rollbackSection(report: Report, rollback: RollbackStatus): Html {
  const { workflowId, reason, undos, checks, verified } = rollback;
  const name = partOf(workflowId);
  const verdict = verified === undefined ? rollback.state : `${rollback.state}, ${verificationWords(rollback)}`;
  return html`<section aria-labelledby="${anchor(name)}">
    <h2 id="${anchor(name)}">${capital(rollbackName(rollback))}</h2>
    <p><strong>${verdict}</strong>. Because: ${reason}.</p>
    ${table(
      'What was undone',
      ['entry', 'undo', 'state', 'by', 'when (UTC)', 'result', 'evidence'],
      undos.map((undo) => [
        undo.entryId,
        undo.title,
        tag(undo.state),
        undo.by ?? 'phasegate',
        time(undo.endedAt),
        undo.reason ?? '',
        undo.evidence ? shortDigest(undo.evidence.digest) : '',
      ])
    )}${steps(checks, report)}${windowsOf(report, workflowId)}
  </section> `;
}

/** What the metrics came to at the end of the validation: what later changes are compared with. */
function newNormal({ newBaseline = {} }: PhaseStatus, units: Units): Html | undefined {
  const rows = Object.entries(newBaseline).map(([metric, value]) => [
    metric,
    formatValue(units[metric] ?? 'count', value),
  ]);
  return table('New performance baselines', ['metric', 'mean'], rows);
}

function steps(records: readonly StepRecord[], { units, windows }: Report): Html | undefined {
  const shown = table(
    'Steps, each attempt by itself',
    ['step', 'what', 'state', 'took', 'result', 'evidence'],
    records.map((step) => [step.address, step.title, tag(step.state), tookOf(step), resultOf(step), digests(step)])
  );
  // Where windows have no pictures, their numbers stand for them.
  const pictured = new Set((windows ?? []).flatMap((window) => ('problem' in window ? [] : [window.address])));
  return html`${shown}${records.filter(({ address }) => !pictured.has(address)).map((step) => numbers(step, units))}`;
}

function numbers({ criteria = [], address, title }: StepRecord, units: Units): Html | undefined {
  return table(
    `Criteria of ${title} (${address})`,
    ['criterion', 'last', 'worst', 'ok', 'breaches', 'not valid'],
    criteria.map((criterion) => criterionRow(criterion, units))
  );
}

/** The attempt that counts, and below it what was said before. */
function itemRow({ title, attempts }: ReportedItem): Cell[] {
  const last = attempts.at(-1);
  const earlier = attempts.slice(0, -1);
  return [
    html`${title}${earlier.map(
      (attempt) =>
        html`<p class="earlier">
          before: ${attempt.state}${attempt.endedAt === undefined ? undefined : html`, ${time(attempt.endedAt)}`}:
          ${resultOf(attempt)}
        </p>`
    )}`,
    tag(last?.state ?? 'pending'),
    last?.answer?.by ?? (last ? 'phasegate' : ''),
    time(last?.answer?.at ?? last?.endedAt),
    html`${last ? resultOf(last) : undefined} ${last && last.answer === undefined ? digests(last) : undefined}`,
  ];
}

function resultOf({ answer, reason, state }: StepRecord): Html {
  // Of a waived step the answer is the one that was not good enough.
  if (!answer || state === 'waived' || state === 'on hold') return html`${reason}`;
  const { by, answer: said, evidence, reason: why } = answer;
  return html`${by}:
  ${said}${evidence === undefined ? undefined : html` · ${linked(evidence)}`}${why === undefined ? undefined : ` · ${why}`}`;
}

function tookOf({ startedAt, endedAt }: StepRecord): string {
  return startedAt === undefined || endedAt === undefined ? '–' : spanText(endedAt - startedAt);
}

function digests({ evidence = [] }: StepRecord): Html {
  return html`${evidence.map(({ digest }) => shortDigest(digest))}`;
}
