import { PhasegateError } from '../../plan/errors.js';
import { findCause, specOf } from '../../plan/incidents/classify.js';
import type { Severity } from '../../plan/model.js';
import type { ExitCode } from '../../plan/outcome.js';
import { runName } from '../../plan/text/command-lines.js';
import { requirePerson } from '../act/person.js';
import { afterEnd } from '../view/outcome-line.js';
import { tellSent } from './answer.js';
import { confirm, confirmTyped } from './ask.js';
import type { Context } from './context.js';

export interface DeclareOptions {
  reason?: string;
  severity?: '1' | '2' | '3';
  cause?: string;
  phase?: string;
  customer?: true;
  yes?: true;
  confirm?: string;
  output: 'table' | 'json';
}

/** Declares an incident; what it does to the run is said before. */
export async function declare(
  context: Context,
  options: DeclareOptions,
  reference: string | undefined
): Promise<ExitCode> {
  const { reason, severity, cause, phase, customer } = options;
  if (reason === undefined)
    throw new PhasegateError('PG212', 'declare needs a reason', {
      hint: 'Say what is wrong: phasegate incident declare --severity 2 --reason "…"',
    });
  const client = await context.connect();
  const run = await client.resolveRun(reference);
  const { frozen, run: status } = await client.status(run, 'open');
  const by = requirePerson(frozen.environment, context.me.name);
  const name = runName(run.workflowId);
  if (status.outcome)
    throw new PhasegateError('PG213', `${name} has ended, so it opens no incident any more`, {
      where: run.workflowId,
      hint: afterEnd(status),
    });
  const { incidents } = frozen.plan;
  if (!incidents) throw new PhasegateError('PG220', `the plan of ${name} has no incidents`, { where: run.workflowId });
  const known = cause === undefined ? undefined : findCause(incidents, cause)?.spec;
  const meant = severity === undefined ? undefined : specOf(incidents, Number(severity) as Severity);
  const reach = (known ?? meant)?.reach;
  if (reach === 'all') {
    const question = `Declare severity ${(known ?? meant)?.severity ?? 1} of ${name}? It takes everything back at once.`;
    await confirmTyped(context, question, frozen.environment.id, options.confirm);
  } else if (reach === 'component') {
    await confirm(context, `Declare it? ${name} is on hold then, until somebody answers.`, options.yes === true);
  }
  const payload = { by, reason, severity: severity && Number(severity), cause, phase, customer };
  return tellSent(context, await client.send(run, 'declare', payload), options.output);
}
