import type { Environment } from '../../plan/model.js';
import type { Tools } from '../deps.js';
import { commandPath } from './program.js';

/** What a command may know of the step that it runs for. */
export interface CommandOrigin {
  run: string;
  /** `phase/step` */
  step: string;
  attempt: number;
  key: string;
}

/**
 * All variables of a command: PATH and HOME of the worker, those of the environment document (secrets resolved), those
 * of the worker that the plan names, and PHASEGATE_RUN, _STEP, _ATTEMPT and _IDEMPOTENCY_KEY. Nothing else.
 *
 * @param names variables of the worker that the command may see; one that is not set is left out
 * @throws PG309 when a secret is missing
 */
export function commandEnv(
  environment: Pick<Environment, 'commands'>,
  names: readonly string[],
  origin: CommandOrigin,
  tools: Pick<Tools, 'env' | 'secrets'>
): Record<string, string> {
  const declared = Object.entries(environment.commands.env).map(([name, value]) => [
    name,
    tools.secrets.resolve(value),
  ]);
  const named = names.flatMap((name) => {
    const value = tools.env[name];
    if (value === undefined) return [];
    // A plan names what a command cannot do without, and that is mostly a credential.
    tools.secrets.remember(value, `env:${name}`);
    return [[name, value]];
  });
  return {
    PATH: commandPath(tools.env),
    HOME: tools.env['HOME'] ?? '/',
    ...Object.fromEntries(declared),
    ...Object.fromEntries(named),
    PHASEGATE_RUN: origin.run,
    PHASEGATE_STEP: origin.step,
    PHASEGATE_ATTEMPT: String(origin.attempt),
    PHASEGATE_IDEMPOTENCY_KEY: origin.key,
  };
}
