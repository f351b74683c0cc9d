import { spanText } from '../../plan/text/spans.js';
import type { Paint } from '../render/paint.js';
import { table } from '../render/table.js';
import type { Preview, PreviewPhase, PreviewStep } from './build-preview.js';
import type { Span } from './times.js';

/** A preview for people: totals first, then each phase, then everything that should give pause. */
export function previewLines(preview: Preview, paint: Paint): string[] {
  const { counts, environment, plan } = preview;
  return [
    `${paint('strong', plan.title)} in ${environment.title} (${environment.kind})`,
    paint('dim', `${preview.run} · ${preview.digest}`),
    `${preview.phases.length} phases, ${counts.flags} flags, ${counts.deploys} deploys, ${counts.windows} windows, ${counts.attestations} attestations, ${counts.approvals} approvals`,
    `takes ${between(preview.total)} if nothing is held or repeated`,
    ...preview.phases.flatMap((phase) => phaseBlock(phase, paint)),
    '',
    ...concerns(preview, paint),
    `${paint('strong', 'A failed step or criterion takes back its phase and stops the run.')} A red metric, a Temporal cancel or "phasegate rollback" takes back everything.`,
    paint('dim', `locks ${preview.locks.join(', ')}`),
  ];
}

function phaseBlock(phase: PreviewPhase, paint: Paint): string[] {
  const when = phase.schedule ? `${phase.schedule.text}, opens ${after(phase.schedule.opensAfterMs)}` : 'follows at once';
  const lines = ['', `${paint('strong', `${phase.id}  ${phase.title}`)}  ${paint('dim', `${when} · done ${after(phase.ends.shortestMs)} at the soonest`)}`];
  if (phase.before.length > 0) lines.push('  before', ...stepRows(phase.before, paint));
  lines.push('  steps', ...stepRows(phase.steps, paint));
  if (phase.success) lines.push(`  success for ${phase.success.for}: ${phase.success.criteria.join(', ')}`);
  if (phase.successChecks.length > 0) lines.push(...stepRows(phase.successChecks, paint));
  if (phase.approval) {
    const who = Object.entries(phase.approval.roles).map(([role, { count, people }]) => `${count} ${role} (${people.join(' or ') || 'nobody could'})`);
    const then = phase.approval.onExpiry === 'rollback' ? 'roll back' : 'hold';
    lines.push(`  approval by ${who.join(' and ')} within ${phase.approval.expires}, else ${then}`);
  }
  if (phase.soak) lines.push(`  soak for ${phase.soak.for}: ${phase.soak.criteria.join(', ')}`);
  return lines;
}

function stepRows(steps: readonly PreviewStep[], paint: Paint): string[] {
  return table(steps.map((step) => [`    ${step.id}`, step.title, step.does, undoText(step, paint)]));
}

function undoText(step: PreviewStep, paint: Paint): string {
  if (step.cannotUndo !== undefined) return paint('bad', `! CANNOT BE UNDONE: ${step.cannotUndo}`);
  const atOnce = step.atOnce ? paint('warn', '! 100 % at once; ') : '';
  return step.undo === undefined ? '' : `${atOnce}${paint('dim', `undo: ${step.undo}`)}`;
}

function concerns(preview: Preview, paint: Paint): string[] {
  return [
    ...preview.cannotUndo.map((text) => paint('bad', `! cannot be undone: ${text}`)),
    ...preview.exposesAtOnce.map((text) => paint('warn', `! exposes 100 % at once: ${text}`)),
    ...preview.remarks.map((remark) => paint('warn', `! ${remark}`)),
    ...preview.warnings.map(({ place, message }) => paint('warn', `! ${place}: ${message}`)),
  ];
}

function between({ shortestMs, longestMs }: Span): string {
  return `${spanText(shortestMs)} at the shortest, ${spanText(longestMs)} at the longest`;
}

function after(ms: number): string {
  return ms === 0 ? 'at once' : `after ${spanText(ms)}`;
}
