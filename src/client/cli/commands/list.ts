import { Command } from 'commander';
import { instantText, oneOf } from '../../../plan/text/spans.js';
import type { ListedRun } from '../../read/list-runs.js';
import { cleanLine, safeJson } from '../../render/clean.js';
import { plain } from '../../render/paint.js';
import { stateWords, symbolOf, type AnyState } from '../../render/states.js';
import { table } from '../../render/table.js';
import { untilText } from '../../render/time.js';
import { widthOf } from '../../render/width.js';
import { runName } from '../../../plan/text/command-lines.js';
import type { Context, Run } from '../context.js';
import { fitting } from '../io.js';
import { jsonOption, outputOption } from '../options.js';

interface Options {
  awaiting?: string;
  output: 'table' | 'json' | 'ndjson' | 'name';
}

export function listCommand(run: Run): Command {
  return new Command('list')
    .description('list runs, newest first')
    .option('--awaiting <name>', 'only runs that wait for this person; "me" means you')
    .addOption(outputOption(['table', 'json', 'ndjson', 'name']))
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  phasegate list --awaiting me')
    .action(
      run<Options>(async (context, options) => {
        const client = await context.connect();
        const awaiting = options.awaiting === 'me' ? context.me.name : options.awaiting;
        const { runs, workerAnswered } = await client.list({ awaiting });
        if (!workerAnswered) {
          context.note(
            'no worker answers for some runs: their line is what Temporal itself knows. Start one with: phasegate worker --env ENVIRONMENT'
          );
        }
        if (options.output === 'json') context.print(safeJson({ schemaVersion: 1, workerAnswered, runs }, 2));
        else if (options.output === 'ndjson')
          context.print(...runs.map((one) => safeJson({ schemaVersion: 1, ...one })));
        else if (options.output === 'name') context.print(...runs.map((one) => one.workflowId));
        else printTable(context, runs, awaiting);
      })
    );
}

function printTable(context: Context, runs: readonly ListedRun[], awaiting: string | undefined): void {
  if (runs.length === 0) {
    context.note(
      awaiting === undefined
        ? 'There is no run yet. Start one with: phasegate start PLAN --env ENVIRONMENT'
        : `Nothing waits for ${cleanLine(awaiting)}. Say who you are with --as NAME.`
    );
    return;
  }
  const now = context.io.now();
  const rows = runs.map((one) => [
    runName(one.workflowId),
    stateCell(one, context),
    one.phase ?? '',
    instantText(one.startedAt),
    one.startedBy,
    waits(one, now),
  ]);
  const lines = table([['RUN', 'STATE', 'PHASE', 'STARTED', 'BY', 'WAITS FOR, OR HOW IT ENDED'], ...rows]);
  context.print(...fitting(lines, context.io.out));
}

function stateCell({ state, workflowId }: ListedRun, { paint, io }: Context): string {
  if (state === 'terminated') return paint('bad', '✖ terminated');
  const words = stateWords(state satisfies AnyState, paint);
  // What must not be overlooked is said first, where the line is cut.
  const fits = io.out.isTTY !== true || widthOf(runName(workflowId)) + widthOf(words) + 2 <= io.out.columns;
  return state === 'rolled back, NOT verified' && !fits
    ? paint('bad', `${symbolOf(state, plain)} NOT verified`)
    : words;
}

function waits(run: ListedRun, now: number): string {
  const who = `${oneOf(run.awaiting)}${run.deadlineAt === undefined ? '' : ` ${untilText(run.deadlineAt, now)}`}`;
  if (run.outcome) return `${run.outcome.reason}${run.awaiting.length > 0 ? `; waits for ${who}` : ''}`;
  return run.awaiting.length === 0 ? '' : who;
}
