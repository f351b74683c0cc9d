import { PhasegateError } from '../../plan/errors.js';
import { exitCodes, type ExitCode } from '../../plan/outcome.js';
import type { Sent } from '../act/send.js';
import { gatesOf } from '../read/gates.js';
import type { OpenGate } from '../read/snapshot.js';
import { safeJson } from '../render/clean.js';
import { tellSent, whoLine } from './answer.js';
import { chooseGate, gateTable } from './gate-choice.js';
import type { Context } from './context.js';

export interface AttestOptions {
  answer?: 'done' | 'not-applicable' | 'failed';
  evidence?: string;
  reason?: string;
  all?: boolean;
  run?: string;
  output: 'table' | 'json';
}

/** Answers one checklist item, or all that wait for this person; without either it lists them. */
export async function attest(context: Context, item: string | undefined, options: AttestOptions): Promise<ExitCode> {
  const { answer, all = false } = options;
  if (item === undefined && !all) return listItems(context, options);
  if (item !== undefined && all) throw new PhasegateError('PG407', 'give either an item or --all');
  if (answer === undefined) {
    throw new PhasegateError('PG407', 'the answer is missing', { hint: 'Say --answer done, --answer not-applicable or --answer failed.' });
  }
  context.note('reading the run…');
  const saying = {
    by: context.me.name,
    answer,
    ...(options.evidence === undefined ? {} : { evidence: options.evidence }),
    ...(options.reason === undefined ? {} : { reason: options.reason }),
  };
  const client = await context.connect();
  if (item !== undefined) {
    const chosen = await chooseGate(context, 'attest', options.run, { named: item });
    context.note(whoLine(context, chosen));
    return tellSent(context, await client.attest(chosen.gate, saying), options.output);
  }
  const { mine, snapshot } = await myItems(context, options.run);
  context.note(whoLine(context, { snapshot }));
  if (mine.length === 0) throw new PhasegateError('PG203', `no open item waits for ${context.me.name}`);
  const sent: Sent[] = [];
  for (const gate of mine) {
    const one = await client.attest(gate, saying);
    sent.push(one);
    if (options.output === 'table') tellSent(context, { ...one, text: `${gate.address}: ${one.text}` }, 'table');
  }
  if (options.output === 'json') context.print(safeJson({ schemaVersion: 1, sent }, 2));
  return exitCodes.ok;
}

async function myItems(context: Context, reference: string | undefined) {
  const client = await context.connect();
  const run = await client.resolveRun(reference);
  const snapshot = await client.status(run);
  if (snapshot.noWorker !== undefined) {
    throw new PhasegateError('PG402', 'no worker answers, so nobody knows which items are open', {
      where: run.workflowId,
      hint: `Start a worker with: phasegate worker --env ${snapshot.frozen.environment.id}`,
    });
  }
  const open = gatesOf(snapshot).filter((gate) => gate.answers.includes('attest'));
  return { snapshot, open, mine: open.filter((gate) => gate.people.includes(context.me.name)) };
}

async function listItems(context: Context, options: AttestOptions): Promise<ExitCode> {
  const { mine, open } = await myItems(context, options.run);
  const { name } = context.me;
  if (options.output === 'json') {
    context.print(safeJson({ schemaVersion: 1, items: open.map((gate: OpenGate) => ({ ...gate, mine: mine.includes(gate) })) }, 2));
    return exitCodes.ok;
  }
  context.note(`${mine.length} of ${open.length} open items wait for ${name}:`);
  if (mine.length > 0) context.print(...gateTable(context, mine));
  return exitCodes.ok;
}
