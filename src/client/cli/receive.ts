import { createSecrets } from '../../activities/secrets.js';
import { PhasegateError } from '../../plan/errors.js';
import { checkSecret } from '../../plan/language/secret.js';
import { exitCodes, type ExitCode } from '../../plan/outcome.js';
import { startReceiver } from '../receive/receiver.js';
import { clean } from '../render/clean.js';
import type { Context } from './context.js';
import { twoSignals } from './two-signals.js';

export interface ReceiveOptions {
  host: string;
  port: number;
  /** References, never values. */
  token: string;
  pagerdutySecret?: string;
  plan?: string;
  env?: string;
}

const shortest = 16;

/** Runs the receiver until Ctrl-C. */
export async function receive(context: Context, options: ReceiveOptions): Promise<ExitCode> {
  const { host, port, plan, env: environment } = options;
  const token = secretOf(context, '--token', options.token);
  const given = options.pagerdutySecret;
  const pagerDutySecret = given === undefined ? undefined : secretOf(context, '--pagerduty-secret', given);
  const client = await context.connect();
  const stop = new AbortController();
  const stopListening = twoSignals(
    () => stop.abort(),
    () => context.note('ended at once')
  );
  const receiver = await startReceiver({
    host,
    port,
    token,
    runs: client.runs(),
    log: (line) => context.note(clean(line)),
    defaults: { ...(plan === undefined ? {} : { plan }), ...(environment === undefined ? {} : { environment }) },
    ...(pagerDutySecret === undefined ? {} : { pagerDutySecret }),
  });
  try {
    context.print(receiver.url);
    context.note(`receiver ready: POST ${receiver.url}/alertmanager and ${receiver.url}/pagerduty. Ctrl-C stops it.`);
    await aborted(AbortSignal.any([stop.signal, context.timeUp]));
  } finally {
    await receiver.close();
    stopListening();
  }
  return context.timeUp.aborted ? exitCodes.timeout : exitCodes.ok;
}

/** @throws PhasegateError PG440 when it is missing, stands in the clear, or is too short to be one */
function secretOf(context: Context, option: string, written: string): string {
  const checked = checkSecret(written);
  if (!checked.ok) {
    throw new PhasegateError('PG440', `${option} is no secret reference: on a command line everybody could read it`, {
      hint: `Write a reference: ${option} '\${env:NAME}' or ${option} '\${file:path}'`,
    });
  }
  const value = resolved(context, option, written);
  if (value.length >= shortest) return value;
  throw new PhasegateError('PG440', `${option} (${written}) is shorter than ${shortest} characters`);
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function resolved(context: Context, option: string, written: string): string {
  try {
    return createSecrets({ env: context.io.env, baseDir: process.cwd() }).resolve(written);
  } catch (error) {
    if (!(error instanceof PhasegateError)) throw error;
    throw new PhasegateError('PG440', error.message, { where: `${option} ${written}`, cause: error });
  }
}
