import { deploymentPhases } from '../../plan/phases.js';
import { setTimeout as delay } from 'node:timers/promises';
import { PhasegateError } from '../../plan/errors.js';
import { withDependents } from '../../plan/incidents/reach.js';
import { describeState, targetOf } from '../../plan/ledger.js';
import { exitCodes, type ExitCode } from '../../plan/outcome.js';
import { counted, oneOf } from '../../plan/text/spans.js';
import { requirePerson } from '../act/person.js';
import { refuseIfClosed, type RollbackPreview } from '../act/rollback.js';
import type { RunRef, RunSnapshot } from '../read/snapshot.js';
import { cleanDeep, safeJson } from '../render/clean.js';
import { table } from '../render/table.js';
import { afterEnd, outcomeLine, stateExitCode } from '../view/outcome-line.js';
import { runName } from '../../plan/text/command-lines.js';
import { confirmTyped } from './ask.js';
import type { Context } from './context.js';
import { follow, outcomeDocument, type Progress } from './follow.js';

export interface RollbackOptions {
  phase?: string;
  reason?: string;
  confirm?: string;
  /** Not enough: a rollback is confirmed by the name of its environment. */
  yes?: boolean;
  output: 'table' | 'json';
  /** False with `--no-watch`. */
  watch: boolean;
  progress: Progress;
}

/** Says what would be undone and in which order, asks for the environment's name, and undoes it. */
export async function rollback(
  context: Context,
  options: RollbackOptions,
  reference: string | undefined
): Promise<ExitCode> {
  const { reason } = options;
  if (reason === undefined)
    throw new PhasegateError('PG212', 'rollback needs a reason', {
      hint: `Say why: phasegate rollback ${reference === undefined ? '' : `${reference} `}--reason "…"`,
    });
  context.note('reading the ledger from the histories…');
  const client = await context.connect();
  const run = await client.resolveRun(reference);
  const status = await client.status(run);
  requirePerson(status.frozen.environment, context.me.name);
  const phase = options.phase?.toLowerCase();
  if (status.noWorker !== undefined) context.note(status.noWorker);
  const phases = phase === undefined ? undefined : takenBackWith(status, phase);
  const preview = await settled(context, run, phases);
  if (phase !== undefined && !preview.open) {
    throw new PhasegateError('PG213', 'the run has ended, so a phase cannot be taken back alone', {
      hint:
        status.run.outcome?.kind === 'rolled-back-verified'
          ? afterEnd(status.run)
          : 'Leave --phase out to take back everything.',
    });
  }
  refuseIfClosed(preview);
  context.note('', ...previewLines(context, cleanDeep(preview)), '');
  if (
    !preview.open &&
    preview.steps.length === 0 &&
    preview.locked === false &&
    preview.lockedByOther === undefined &&
    status.run.outcome?.kind !== 'rolled-back-not-verified'
  ) {
    tellEnd(context, status, options.output);
    return stateExitCode(status);
  }
  const environment = status.frozen.environment.id;
  if (options.yes === true && options.confirm === undefined) {
    throw new PhasegateError('PG406', '--yes is not enough for a rollback, so nothing was done', {
      hint: `Confirm with --confirm ${environment}`,
    });
  }
  await confirmTyped(
    context,
    `Roll back ${runName(run.workflowId)}${phases ? `, ${phases.length > 1 ? 'phases' : 'phase'} ${phases.join(', ')} only` : ''}?`,
    environment,
    options.confirm
  );
  const saying = { by: context.me.name, reason };
  const started = preview.open ? undefined : await client.rollbackEnded(run, saying);
  const sent = started ? undefined : await client.rollback(run, { ...saying, phase });
  context.note(sent ? sent.text : `started ${started?.workflowId ?? ''}`);
  const asJson = options.output === 'json';
  if (!options.watch) {
    if (asJson) context.print(safeJson({ schemaVersion: 1, ...(sent ?? started) }, 2));
    return exitCodes.ok;
  }
  return follow(context, run, {
    progress: options.progress,
    // The answer of -o json is the outcome alone.
    stream: asJson ? context.io.err : context.io.out,
    what: 'the rollback',
    rollback: started,
    ...(asJson ? { tell: (last: RunSnapshot): void => tellEnd(context, last, 'json') } : {}),
  });
}

/** The phases that go with one: where it is the component of an incident, those that depend on it and the one under way. */
function takenBackWith({ incidents = [], run, frozen }: RunSnapshot, phase: string): string[] {
  const active = run.phases.find(({ state }) => state === 'running')?.id;
  const asked = incidents.some(({ rollback, phase: about }) => rollback?.state === 'asked' && about === phase);
  if (phase === active || !asked) return [phase];
  const { phases } = frozen.plan;
  const all = [...withDependents(phases, phase), ...(active === undefined ? [] : [active])];
  return deploymentPhases(phases).flatMap(({ id }) => (all.includes(id) ? [id] : []));
}

/** Phases of an ended run that undo themselves are waited for: nothing must be undone twice at once. */
async function settled(context: Context, run: RunRef, phases: string[] | undefined): Promise<RollbackPreview> {
  const client = await context.connect();
  let told = '';
  for (;;) {
    const preview = await client.previewRollback(run, phases);
    if (preview.stillOpen.length === 0) return preview;
    const busy = preview.stillOpen
      .map(({ workflowId, state, awaiting }) => {
        const held = state === 'on hold' ? ` (on hold${awaiting.length > 0 ? ` for ${oneOf(awaiting)}` : ''})` : '';
        return `${workflowId}${held}`;
      })
      .join(', ');
    if (busy !== told) context.note(`waiting for what still undoes itself: ${busy} (Ctrl-C leaves, it goes on)`);
    told = busy;
    await delay(1_000);
  }
}

function tellEnd(context: Context, snapshot: RunSnapshot, output: RollbackOptions['output']): void {
  context.print(output === 'json' ? safeJson(outcomeDocument(snapshot), 2) : context.asCalled(outcomeLine(snapshot)));
}

function previewLines(
  context: Context,
  { steps, irreversible, open, locked, lockedByOther }: RollbackPreview
): string[] {
  const paint = context.errPaint;
  const closed = irreversible.map((entry) =>
    paint(
      'bad',
      `! ${entry.id} ${entry.title} cannot be undone, somebody must accept it as it is: ${entry.cannotUndo ?? ''}`
    )
  );
  if (steps.length === 0) {
    const rest =
      lockedByOther !== undefined
        ? `Another run of this plan, ${lockedByOther}, holds locks.`
        : locked === false
          ? 'No lock is held.'
          : 'Health and red metrics are verified, then the locks are released.';
    return [`Nothing is in force that could be undone. ${open ? 'The run stops.' : rest}`, ...closed];
  }
  const rows = steps.map(({ entry, covers }, index) => [
    `  ${index + 1}.`,
    entry.id,
    `${targetOf(entry.change)} back to ${describeState(entry.before)}`,
    covers.length > 0 ? paint('dim', `covers ${covers.join(', ')}`) : '',
  ]);
  return [
    `This undoes ${counted(steps.length, 'change')}, in this order, and then verifies health and red metrics:`,
    ...table(rows),
    ...closed,
  ];
}
