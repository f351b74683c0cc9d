import { createSecrets } from '../../activities/secrets.js';
import { identifier } from '../../plan/document/fields.js';
import { PhasegateError } from '../../plan/errors.js';
import { checkSecret } from '../../plan/language/secret.js';
import { exitCodes, type ExitCode } from '../../plan/outcome.js';
import { createLogger } from '../../worker/logger.js';
import { startReceiver } from '../receive/receiver.js';
import { aborted } from './aborted.js';
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
/** Where each secret comes from, for whoever gave none. */
const origin = {
  '--token': 'Put a random text there, such as openssl rand -hex 24 makes, and give it to all who send.',
  '--pagerduty-secret': 'Copy the whole signing secret that PagerDuty shows when its webhook subscription is made.',
} as const;
type SecretOption = keyof typeof origin;

/** Runs the receiver until Ctrl-C. */
export async function receive(context: Context, options: ReceiveOptions): Promise<ExitCode> {
  const { host, port, plan, env: environment } = options;
  refuseNoId('--plan', plan, 'checkout');
  refuseNoId('--env', environment, 'production');
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
    log: createLogger({ destination: context.io.err, service: 'phasegate-receiver' }),
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

/** Alerts are about a run of an id: a path would never match one. */
function refuseNoId(option: '--plan' | '--env', given: string | undefined, example: string): void {
  if (given === undefined || identifier.safeParse(given).success) return;
  throw new PhasegateError('PG407', `"${given}" is no id`, {
    where: option,
    hint: `Write the id that stands in the document, no path: ${option} ${example}`,
  });
}

/** @throws PhasegateError PG440 when it is missing, stands in the clear, or can be none */
function secretOf(context: Context, option: SecretOption, written: string): string {
  const checked = checkSecret(written);
  if (!checked.ok) {
    throw new PhasegateError('PG440', `${option} is no secret reference: on a command line everybody could read it`, {
      hint: `Write a reference: ${option} '\${env:NAME}' or ${option} '\${file:path}'`,
    });
  }
  const value = resolved(context, option, written);
  const where = `${option} ${written}`;
  const hint = origin[option];
  if (value.length < shortest)
    throw new PhasegateError('PG440', `the secret is shorter than ${shortest} characters`, { where, hint });
  if (/\s/.test(value))
    throw new PhasegateError('PG440', 'the secret has a blank or a line break in it', { where, hint });
  return value;
}

function resolved(context: Context, option: SecretOption, written: string): string {
  try {
    return createSecrets({ env: context.io.env, baseDir: process.cwd() }).resolve(written);
  } catch (error) {
    if (!(error instanceof PhasegateError)) throw error;
    throw new PhasegateError('PG440', error.message, {
      where: `${option} ${written}`,
      hint: origin[option],
      cause: error,
    });
  }
}
