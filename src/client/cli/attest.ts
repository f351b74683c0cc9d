import { PhasegateError } from '../../plan/errors.js';
import { exitCodes, type ExitCode } from '../../plan/outcome.js';
import { isAmong } from '../../plan/people.js';
import { counted } from '../../plan/text/spans.js';
import { requirePerson } from '../act/person.js';
import type { Sent } from '../act/send.js';
import { gatesOf } from '../read/gates.js';
import type { OpenGate } from '../read/snapshot.js';
import { safeJson } from '../render/clean.js';
import { plain } from '../render/paint.js';
import { tellSent, whoLine } from './answer.js';
import { confirm } from './ask.js';
import { onceBegun, type Items } from './once-begun.js';
import { standing } from './closed-gate.js';
import { chooseGate, lookAt } from './gate-choice.js';
import { gateTable } from './gate-table.js';
import type { Context } from './context.js';
import { evidenceText, type EvidenceOptions } from './evidence.js';
import { explain } from './report-error.js';

export interface AttestOptions extends EvidenceOptions {
  answer?: 'done' | 'not-applicable' | 'failed';
  reason?: string;
  all?: boolean;
  yes?: boolean;
  output: 'table' | 'json';
}

/** Answers one checklist item, or all that wait for this person; without an answer it lists them. */
export async function attest(
  context: Context,
  args: ReadonlyArray<string | undefined>,
  options: AttestOptions
): Promise<ExitCode> {
  const { answer, all = false } = options;
  if (all && args[1] !== undefined) throw new PhasegateError('PG407', 'give either an item or --all');
  const [item, reference] = all ? [undefined, args[0]] : args;
  if (answer === undefined && item === undefined) return listItems(context, reference, options);
  if (item === undefined && !all) throw new PhasegateError('PG407', 'say which item, or --all');
  if (answer === undefined) {
    throw new PhasegateError('PG407', 'the answer is missing', {
      hint: 'Say --answer done, --answer not-applicable or --answer failed.',
    });
  }
  if (answer !== 'done' && options.reason === undefined) {
    throw new PhasegateError('PG212', `"${answer}" needs a reason`, {
      hint: `Say why: --answer ${answer} --reason "…"`,
    });
  }
  const evidence = await evidenceText(options);
  context.note('reading the run…');
  const { snapshot, gates } =
    item === undefined ? await myItems(context, reference) : await oneItem(context, reference, item);
  if (gates.length === 0)
    throw new PhasegateError('PG203', `no open item waits for ${context.me.name}: ${standing(snapshot)}`, {
      hint: lookAt(snapshot),
    });
  context.note('', ...gateTable(context, gates, context.io.err), '', whoLine(context, { snapshot }));
  const which = gates.length === 1 ? (gates[0]?.address ?? '') : `all ${gates.length} items`;
  await confirm(context, `Answer "${answer}" to ${which}?`, options.yes === true);
  const { reason } = options;
  const client = await context.connect();
  const say = (gate: OpenGate): Promise<Sent> => client.attest(gate, { by: context.me.name, answer, evidence, reason });
  return sendAll(context, gates, say, options);
}

/** One item after the other; one that is refused does not keep the others back. Returns the worst exit code. */
async function sendAll(
  context: Context,
  gates: readonly OpenGate[],
  say: (gate: OpenGate) => Promise<Sent>,
  { output }: AttestOptions
): Promise<ExitCode> {
  const sent: Sent[] = [];
  const failed: Array<{ item: string; error: string }> = [];
  let worst: ExitCode = exitCodes.ok;
  for (const gate of gates) {
    try {
      const one = await say(gate);
      sent.push(one);
      if (output === 'table') tellSent(context, one, output);
    } catch (error) {
      const { lines, code } = explain(error, context.errPaint, context.io.env);
      failed.push({ item: gate.address, error: explain(error, plain, context.io.env).lines.join(' ') });
      context.note(`${gate.address} was not answered:`, ...lines);
      if (code > worst) worst = code;
    }
  }
  if (output === 'json') context.print(safeJson({ schemaVersion: 1, sent, failed }, 2));
  if (failed.length > 0) context.note(`${sent.length} of ${counted(gates.length, 'item')} answered`);
  return worst;
}

async function oneItem(context: Context, reference: string | undefined, item: string): Promise<Items> {
  const { snapshot, gate } = await chooseGate(context, 'attest', reference, { named: item });
  return { snapshot, gates: [gate] };
}

async function openItems(context: Context, reference: string | undefined): Promise<Items> {
  const client = await context.connect();
  const run = await client.resolveRun(reference);
  const snapshot = await client.status(run, 'open');
  const gates = gatesOf(snapshot).filter((gate) => gate.answers.includes('attest'));
  if (snapshot.noWorker !== undefined && gates.length === 0) {
    throw new PhasegateError('PG402', 'no worker answers, so nobody knows which items are open', {
      where: run.workflowId,
      hint: `Start a worker with: phasegate worker --env ${snapshot.frozen.environment.id}`,
    });
  }
  return { snapshot, gates };
}

async function myItems(context: Context, reference: string | undefined): Promise<Items> {
  const { snapshot, gates } = await onceBegun(() => openItems(context, reference));
  requirePerson(snapshot.frozen.environment, context.me.name);
  return { snapshot, gates: gates.filter((gate) => isAmong(gate.people, context.me.name)) };
}

async function listItems(
  context: Context,
  reference: string | undefined,
  { output }: AttestOptions
): Promise<ExitCode> {
  const { gates } = await openItems(context, reference);
  const { name } = context.me;
  if (output === 'json') {
    context.print(
      safeJson({ schemaVersion: 1, items: gates.map((gate) => ({ ...gate, mine: isAmong(gate.people, name) })) }, 2)
    );
    return exitCodes.ok;
  }
  const mine = gates.filter((gate) => isAmong(gate.people, name));
  context.note(
    `${mine.length} of ${counted(gates.length, 'open item')} ${mine.length === 1 ? 'waits' : 'wait'} for ${name}:`
  );
  if (gates.length > 0) context.print(...gateTable(context, gates, context.io.out));
  return exitCodes.ok;
}
