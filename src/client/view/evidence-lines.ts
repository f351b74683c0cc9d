import { describeChange, describeState } from '../../plan/ledger.js';
import { formatValue } from '../../plan/judge/format.js';
import { isUnresolved } from '../../plan/incidents/status.js';
import { incidentAddressOf } from '../../plan/names.js';
import type { PhaseStatus, StepRecord } from '../../plan/run-status.js';
import type { OpenGate, RunSnapshot } from '../read/snapshot.js';
import { symbolOf } from '../render/states.js';
import { table } from '../render/table.js';
import { timeOfDay, untilText } from '../render/time.js';
import { hanging, oneLine } from '../render/width.js';
import { needs } from './gate-lines.js';
import { runName } from '../../plan/text/command-lines.js';
import type { View } from './view.js';

/** What an answer rests on: what the phase showed, who decided so far, what happens otherwise, and the digest. */
export function evidenceLines(snapshot: RunSnapshot, gate: OpenGate, view: View): string[] {
  const { paint, now } = view;
  const { run } = snapshot;
  const phase = snapshot.phases.find((one) => one.workflowId === gate.workflowId);
  return [
    `${paint('strong', gate.title)}  ${paint('dim', `${gate.address} of ${runName(run.workflowId)}`)}`,
    ...run.remarks.map((remark) => paint('warn', `! ${remark}`)),
    // Nobody should say yes beside an incident that he does not know of.
    ...(run.incidents ?? [])
      .filter(isUnresolved)
      .map(({ number, severity, title, state }) =>
        paint('bad', `! ${incidentAddressOf(number)} is ${state}, severity ${severity}: ${title}`)
      ),
    ...hanging('', gate.kind === 'hold' ? `on hold: ${gate.reason}` : gate.reason, view.columns).map((text) =>
      gate.kind === 'hold' ? paint('warn', text) : text
    ),
    ...(phase ? phaseEvidence(phase, snapshot, view) : []),
    '',
    ...(gate.kind === 'approval' && gate.people.length > 0
      ? [`${needs(gate)}; may answer: ${gate.people.join(', ')}`]
      : []),
    ...gate.decisions.map(
      ({ by, decision, at, reason }) =>
        `  ${decision === 'approve' ? 'approved' : 'rejected'} by ${by} at ${timeOfDay(at, now)} UTC${reason === undefined ? '' : `: ${reason}`}`
    ),
    ...(gate.people.length > 0 ? [`${untilText(gate.deadlineAt, now)}, then ${gate.then}`] : []),
    paint('dim', gate.digest === '' ? `plan ${run.plan.digest}` : `bound to ${gate.digest}, plan ${run.plan.digest}`),
  ].map(oneLine);
}

function phaseEvidence(phase: PhaseStatus, snapshot: RunSnapshot, view: View): string[] {
  const { paint } = view;
  const steps = phase.steps.filter((step) => step.endedAt !== undefined && step.part !== 'approval');
  return [
    '',
    ...table(
      steps.map((step) => [`  ${symbolOf(step.state, paint)} ${step.state}`, step.address, step.title, result(step)])
    ),
    ...steps.flatMap((step) => criteria(step, snapshot, view)),
    ...(phase.waivers.length > 0
      ? [
          '',
          ...phase.waivers.map(({ address, by, reason }) =>
            paint('warn', `  ! ${address} was waived by ${by}: ${reason}`)
          ),
        ]
      : []),
    ...(phase.ledger.length > 0
      ? [
          '',
          '  changed so far (undone in reverse):',
          ...table(
            phase.ledger.map((entry) => [
              `    ${entry.id}`,
              describeChange(entry.change),
              paint('dim', `before: ${describeState(entry.before)}`),
            ])
          ),
        ]
      : []),
  ];
}

function result(step: StepRecord): string {
  const answer = step.answer;
  if (answer) return `${answer.by}: ${answer.answer}${answer.evidence === undefined ? '' : ` (${answer.evidence})`}`;
  return step.reason ?? '';
}

/** Last and worst value of each criterion against its bound. */
function criteria(step: StepRecord, { frozen }: RunSnapshot, { paint }: View): string[] {
  if (!step.criteria || step.criteria.length === 0) return [];
  const rows = step.criteria.map(({ text, metric, last, worst, ok, breaches, notValid }) => {
    const unit = frozen.plan.metrics[metric]?.unit ?? 'count';
    const show = (value: number | undefined): string => (value === undefined ? '–' : formatValue(unit, value));
    const bad = breaches > 0 ? paint('warn', `${breaches} breached`) : 'none breached';
    return [
      `    ${text}`,
      `last ${show(last)}`,
      `worst ${show(worst)}`,
      `${ok} ok, ${bad}${notValid > 0 ? `, ${notValid} not valid` : ''}`,
    ];
  });
  return ['', `  ${step.address} ${step.title}`, ...table(rows)];
}
