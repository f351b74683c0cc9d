import { sameDigest, short } from '../../plan/gate-rules.js';
import { PhasegateError } from '../../plan/errors.js';
import { exitCodes, type ExitCode } from '../../plan/outcome.js';
import type { Sent } from '../act/send.js';
import { safeJson } from '../render/clean.js';
import { evidenceLines } from '../view/evidence-lines.js';
import { confirm } from './ask.js';
import { chooseGate, type Chosen } from './gate-choice.js';
import type { Context } from './context.js';

export interface AnswerOptions {
  gate?: string;
  reason?: string;
  digest?: string;
  yes?: boolean;
  output: 'table' | 'json';
}

/** Answers of one kind to the gates of a run. */
export type Answer = 'approve' | 'reject' | 'retry' | 'waive';

const questions: Record<Answer, string> = {
  approve: 'Approve',
  reject: 'Reject (the phase is rolled back)',
  retry: 'Try again',
  waive: 'Pass it on your authority (this stays on record)',
};
const needsReason: ReadonlySet<Answer> = new Set(['reject', 'waive']);

/** Shows what an answer rests on, asks, and sends it, bound to what was shown. */
export async function answerGate(
  context: Context,
  answer: Answer,
  options: AnswerOptions,
  reference: string | undefined
): Promise<ExitCode> {
  const { reason } = options;
  refuseGateAsRun(reference);
  if (reason === undefined && needsReason.has(answer)) {
    throw new PhasegateError('PG212', `${answer} needs a reason`, {
      hint: `Say why: ${retyped(answer, reference, options.gate)} --reason "…"`,
    });
  }
  context.note('reading the run…');
  const chosen = await chooseGate(context, answer, reference, { named: options.gate, digest: options.digest });
  const { gate } = chosen;
  if (options.digest !== undefined) requireDigest(chosen, options.digest);
  const view = { paint: context.errPaint, columns: context.columns, now: context.io.now() };
  context.note('', ...evidenceLines(chosen.snapshot, gate, view), '', whoLine(context, chosen));
  const bound = gate.digest === '' ? '' : ` (${short(gate.digest)})`;
  await confirm(context, `${questions[answer]}: ${gate.address}${bound}?`, options.yes === true);
  const client = await context.connect();
  const by = context.me.name;
  const required = { by, reason: reason ?? '' };
  const sent = await {
    approve: () => client.approve(gate, { by, reason }),
    retry: () => client.retry(gate, { by, reason }),
    reject: () => client.reject(gate, required),
    waive: () => client.waive(gate, required),
  }[answer]();
  return tellSent(context, sent, options.output);
}

/** The command as it was typed, as far as it says which run and gate. */
function retyped(answer: Answer, reference: string | undefined, gate: string | undefined): string {
  const parts = ['phasegate', answer, ...(reference === undefined ? [] : [reference])];
  return [...parts, ...(gate === undefined ? [] : ['--gate', gate])].join(' ');
}

/** An address has an attempt, which no run has. */
function refuseGateAsRun(reference: string | undefined): void {
  if (reference === undefined || !/^[^/]+\/[^/]+#\d+$/.test(reference)) return;
  throw new PhasegateError('PG407', `${reference} is a gate, not a run`, {
    hint: `A gate goes in --gate ${reference}`,
  });
}

function requireDigest({ gate }: Chosen, digest: string): void {
  if (sameDigest(gate.digest, digest)) return;
  throw new PhasegateError('PG206', `${gate.address} is bound to ${gate.digest || 'no digest'}, not to ${digest}`, {
    hint: 'The gate has changed since you saw it: look at it again, without --digest.',
  });
}

/** Who is answering, and that nobody checks it where that is so. */
export function whoLine(context: Context, { snapshot }: Pick<Chosen, 'snapshot'>): string {
  const { name, source } = context.me;
  const believed = snapshot.run.environment.trust === 'identity' ? '; names are believed here, not verified' : '';
  return `You are ${name} (${source}${believed}).`;
}

/** Every workflow of a run is named after its environment: `migration/demo/x/phase/1a`. */
function environmentIn(workflowId: string): string {
  return workflowId.split('/')[1] ?? 'ENVIRONMENT';
}

/** Their answers say themselves when nothing was to be done. */
const saysSo: ReadonlySet<Sent['message']> = new Set(['pause', 'resume']);

/** What became of a message; a signal that nobody has taken yet is said to be one. */
export function tellSent(context: Context, sent: Sent, output: 'table' | 'json'): ExitCode {
  if (output === 'json') context.print(safeJson({ schemaVersion: 1, ...sent }, 2));
  else context.print(sent.repeated && !saysSo.has(sent.message) ? `${sent.text} (it was so already)` : sent.text);
  if (sent.how === 'signal')
    context.note(`Start a worker with: phasegate worker --env ${environmentIn(sent.workflowId)}`);
  return exitCodes.ok;
}
