import { setTimeout as delay } from 'node:timers/promises';
import { PhasegateError } from '../../plan/errors.js';
import { incidentAddressOf } from '../../plan/names.js';
import { exitCodes, type ExitCode } from '../../plan/outcome.js';
import { runName } from '../../plan/text/command-lines.js';
import type { IncidentStatus } from '../../plan/watch-status.js';
import { safeJson } from '../render/clean.js';
import { oneLine } from '../render/width.js';
import { tellSent } from './answer.js';
import type { Context } from './context.js';
import { ResolutionView } from './resolution-view.js';
import { untilLeft } from './until-left.js';

export interface ResolveOptions {
  reason?: string;
  /** False with `--no-watch`. */
  watch: boolean;
  output: 'table' | 'json';
}

const everyMs = 1_000;

/**
 * Says that an incident is resolved and waits for what the metrics say, showing how far they are.
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
  const { frozen } = await client.status(run, 'open');
  context.note(sent.text, 'Ctrl-C leaves, it goes on.');
  let ended: IncidentStatus | undefined;
  const left = await untilLeft(context, async (signal) => {
    const view = new ResolutionView(context, frozen);
    try {
      while (!signal.aborted && !ended) {
        const look = await client.incidentAtWork(run, written);
        if (look.incident.resolution && look.incident.resolution.at !== before.resolution?.at) ended = look.incident;
        else {
          view.show(look);
          await delay(everyMs, undefined, { signal }).catch(() => undefined);
        }
      }
    } finally {
      view.end();
    }
  });
  if (ended?.resolution) return tellEnd(context, ended, ended.resolution, sent, output);
  const [name, address] = [runName(run.workflowId), incidentAddressOf(before.number)];
  context.note(
    `${left === 'timeout' ? 'Time is up' : 'Left'}: the metrics are looked at further. See: phasegate incident show ${address} ${name}`
  );
  return left === 'timeout' ? exitCodes.timeout : exitCodes.interrupted;
}

function tellEnd(
  context: Context,
  { workflowId, sentence }: IncidentStatus,
  resolution: NonNullable<IncidentStatus['resolution']>,
  sent: object,
  output: ResolveOptions['output']
): ExitCode {
  const { verdict, reason } = resolution;
  if (verdict !== 'PASS')
    throw new PhasegateError('PG225', `not resolved (${verdict}): ${reason}`, {
      where: workflowId,
      hint: `Look at the metrics, then resolve it again.`,
    });
  if (output === 'json') context.print(safeJson({ schemaVersion: 1, ...sent, resolution }, 2));
  else context.print(oneLine(`resolved: ${reason}`), oneLine(sentence));
  return exitCodes.ok;
}
