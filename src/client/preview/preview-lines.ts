import { deploymentPhases } from '../../plan/phases.js';
import { joinRoles } from '../../plan/quorum.js';
import { standingWords } from '../../plan/standing.js';
import { counted, spanText } from '../../plan/text/spans.js';
import type { Paint } from '../render/paint.js';
import { hanging, pad, widthOf } from '../render/width.js';
import type { Preview, PreviewPhase, PreviewStep } from './build-preview.js';
import { cleanupBlock } from './cleanup-preview.js';
import type { Span } from './times.js';
import { watchBlock } from './watch-preview.js';

/** A preview for people: totals first, then each phase, then everything that should give pause. */
export function previewLines(preview: Preview, paint: Paint, columns: number): string[] {
  const { counts, environment, plan } = preview;
  const variables = Object.entries(preview.vars).map(([name, value]) => `${name}=${value}`);
  const remarks = preview.remarks.map((remark) => paint('warn', `! ${remark}`));
  const list = (head: string, text: string): string[] => hanging(head, text, columns).map((one) => paint('dim', one));
  const validated = preview.phases.reduce((sum, { stage, before }) => sum + (stage ? before.length : 0), 0);
  return [
    `${paint('strong', plan.title)} in ${environment.title} (${environment.kind})`,
    paint('dim', `${preview.run} · ${preview.digest}`),
    ...(plan.document ? list('plan: ', standingWords(plan.document)) : []),
    ...(variables.length > 0 ? list('with ', variables.join(', ')) : []),
    [
      counted(deploymentPhases(preview.phases).length, 'phase'),
      ...preview.phases.flatMap(({ checklists, stage, before }) =>
        checklists && !stage ? [`${before.length} checklist items before`] : []
      ),
      ...(validated > 0 ? [`${validated} validation items after`] : []),
      counted(counts.flags, 'flag'),
      counted(counts.deploys, 'deploy'),
      counted(counts.windows, 'window'),
      counted(counts.attestations, 'attestation'),
      counted(counts.approvals, 'approval'),
    ].join(', '),
    `takes ${between(preview.total)}, if nothing is held or repeated`,
    ...remarks,
    ...preview.phases.flatMap((phase) => phaseBlock(phase, paint, columns)),
    ...watchBlock(preview.watch, paint, columns),
    ...cleanupBlock(preview.cleanup, paint, columns),
    '',
    ...preview.warnings.map(({ place, message }) => paint('warn', `! ${place}: ${message}`)),
    ...hanging(
      '',
      'A failed step or criterion takes back its phase and stops the run; a Temporal cancel and "phasegate rollback" without --phase take back everything.',
      columns
    ),
    ...preview.blackouts.flatMap((blackout) => list('no phase starts from ', blackout)),
    ...list('locks ', preview.locks.join(', ')),
  ];
}

function phaseBlock(phase: PreviewPhase, paint: Paint, columns: number): string[] {
  const { stage } = phase;
  const opens = stage ? `${stage.from} to ${stage.to} after ${stage.since} · ` : '';
  const list = (head: string, text: string): string[] => hanging(`  ${head} `, text, columns);
  return [
    '',
    `${paint('strong', `${phase.id}  ${phase.title}`)}  ${paint('dim', `${opens}done ${after(phase.ends.shortestMs)} at the soonest`)}`,
    ...scheduleBlock(phase, paint, columns),
    ...checklistBlocks(phase, paint, columns),
    ...(phase.steps.length > 0 ? ['  steps', ...stepBlocks(phase.steps, paint, columns)] : []),
    ...(phase.success ? list('success', `for ${phase.success.for}: ${phase.success.criteria.join(', ')}`) : []),
    ...stepBlocks(phase.successChecks, paint, columns),
    ...(phase.approval ? list('approval', approvalText(phase.approval)) : []),
    ...(phase.soak ? list('soak', `for ${phase.soak.for}: ${phase.soak.criteria.join(', ')}`) : []),
  ];
}

/** When a phase may start, and what then becomes of it in a freeze. */
function scheduleBlock({ schedule }: PreviewPhase, paint: Paint, columns: number): string[] {
  if (!schedule) return [];
  const { text, opensAfterMs, opens, closed, freeze } = schedule;
  const when = closed === undefined ? `, opens ${after(opensAfterMs)}: ${opens}` : '';
  return [
    ...hanging('  starts ', `${text}${when}`, columns).map((one) => paint('dim', one)),
    ...(closed === undefined
      ? []
      : hanging('  ! ', `it could not start: ${closed}`, columns).map((one) => paint('warn', one))),
    ...(freeze === undefined ? [] : hanging('  ', freeze, columns).map((one) => paint('dim', one))),
  ];
}

/** What must be true before the first step; the stage before all phases has it by checklist. */
function checklistBlocks({ checklists, before }: PreviewPhase, paint: Paint, columns: number): string[] {
  if (before.length === 0) return [];
  const lists = checklists ?? [{ title: 'before', items: before.map(({ id }) => id) }];
  return lists.flatMap(({ title, items }) => [
    `  ${title}`,
    ...stepBlocks(
      before.filter(({ id }) => items.includes(id)),
      paint,
      columns
    ),
  ]);
}

function approvalText({ needs, roles, expires, onExpiry }: NonNullable<PreviewPhase['approval']>): string {
  const who = Object.entries(roles).map(
    ([role, { count, people }]) => `${count} ${role} (${people.join(' or ') || 'nobody could'})`
  );
  return `by ${joinRoles({ needs }, who)} within ${expires}, else ${onExpiry === 'rollback' ? 'roll back' : 'hold'}`;
}

/** The id and title of each step, and below it what it does and how it is undone. */
function stepBlocks(steps: readonly PreviewStep[], paint: Paint, columns: number): string[] {
  const widest = Math.max(0, ...steps.map((step) => widthOf(step.id)));
  const indent = ' '.repeat(widest + 6);
  return steps.flatMap((step) => [
    `    ${pad(step.id, widest)}  ${step.title}`,
    ...hanging(indent, step.does, columns).map((text) => paint('dim', text)),
    ...(step.atOnce ? [`${indent}${paint('warn', '! 100 % at once')}`] : []),
    ...(step.undo === undefined ? [] : [`${indent}${paint('dim', `undo: ${step.undo}`)}`]),
    ...(step.cannotUndo === undefined
      ? []
      : hanging(indent, `! CANNOT BE UNDONE: ${step.cannotUndo}`, columns).map((text) => paint('bad', text))),
  ]);
}

function between({ shortestMs, longestMs }: Span): string {
  return `${spanText(shortestMs)} at the shortest, ${spanText(longestMs)} at the longest`;
}

function after(ms: number): string {
  return ms === 0 ? 'at once' : `after ${spanText(ms)}`;
}
