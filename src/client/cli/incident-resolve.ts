import { setTimeout as delay } from 'node:timers/promises';
import { PhasegateError } from '../../plan/errors.js';
import { exitCodes, type ExitCode } from '../../plan/outcome.js';
import { safeJson } from '../render/clean.js';
import { tellSent } from './answer.js';
import type { Context } from './context.js';

export interface ResolveOptions {
  reason?: string;
  /** False with `--no-watch`. */
  watch: boolean;
  output: 'table' | 'json';
}

const everyMs = 1_000;

/**
 * Says that an incident is resolved and waits for what the metrics say.
 *
 * @throws PhasegateError PG225 when they are not inside their targets, or nobody could tell
 */
export async function resolve(
  context: Context,
  { reason, watch, output }: ResolveOptions,
  written: string,
  reference: string | undefined
): Promise<ExitCode> {
  if (reason === undefined)
    throw new PhasegateError('PG212', 'resolve needs a reason', { hint: 'Say what resolved it: --reason "…"' });
  const client = await context.connect();
  const run = await client.resolveRun(reference);
  const before = await client.incident(run, written);
  const { workflowId, runId } = before;
  const sent = await client.send({ workflowId, runId }, 'resolve', { by: context.me.name, reason });
  if (!watch || sent.how === 'signal') return tellSent(context, sent, output);
  context.note(sent.text, 'waiting for what the metrics say (Ctrl-C leaves, it goes on)…');
  for (;;) {
    const { resolution, sentence } = await client.incident(run, written);
    if (resolution && resolution.at !== before.resolution?.at) {
      if (resolution.verdict !== 'PASS')
        throw new PhasegateError('PG225', `not resolved (${resolution.verdict}): ${resolution.reason}`, {
          where: workflowId,
          hint: `Look at the metrics, then resolve it again.`,
        });
      if (output === 'json') context.print(safeJson({ schemaVersion: 1, ...sent, resolution }, 2));
      else context.print(`resolved: ${resolution.reason}`, sentence);
      return exitCodes.ok;
    }
    await delay(everyMs);
  }
}
