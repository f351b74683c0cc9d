import { PhasegateError } from '../../plan/errors.js';
import type { ExitCode } from '../../plan/outcome.js';
import { tellSent } from './answer.js';
import type { Context } from './context.js';

interface Said {
  reason?: string;
  note?: string;
  link?: string;
  output: 'table' | 'json';
}

type Saying = 'acknowledge' | 'assign' | 'note' | 'step' | 'postmortem';

/** How many arguments of each stand between the incident and the run. */
const own: Record<Saying, number> = { acknowledge: 0, assign: 2, note: 1, step: 1, postmortem: 0 };

/** Says something to one incident: a message of this name, made of the arguments and options of its verb. */
export async function sayToIncident(
  context: Context,
  name: Saying,
  [incident = '', ...rest]: ReadonlyArray<string | undefined>,
  { reason, note, link, output }: Said
): Promise<ExitCode> {
  const [first, second] = rest;
  if (name === 'postmortem' && link === undefined)
    throw new PhasegateError('PG212', 'postmortem needs a link', { hint: 'Say where it stands: --link https://…' });
  const by = context.me.name;
  const payloads: Record<Saying, Record<string, unknown>> = {
    acknowledge: { by, reason },
    assign: { by, role: first, person: second },
    note: { by, text: first },
    step: { by, step: first, note },
    postmortem: { by, link },
  };
  const client = await context.connect();
  const run = await client.resolveRun(rest[own[name]]);
  const { workflowId, runId, endedAs, sentence } = await client.incident(run, incident);
  if (endedAs !== undefined) throw new PhasegateError('PG226', sentence.replace(/\.$/, ''), { where: workflowId });
  return tellSent(context, await client.send({ workflowId, runId }, name, payloads[name]), output);
}
