import { resolve } from 'node:path';
import { parseAddress } from '../../plan/address.js';
import type { CommandCheck, Environment } from '../../plan/model.js';
import { commandEnv, runCommand } from '../commands/index.js';
import type { Origin } from '../contract.js';
import type { Tools } from '../deps.js';
import type { Scope } from '../scope.js';
import type { Finding } from './finding.js';

/** A command that looks and changes nothing, so it may run again: exit 0 is PASS, see `judgeExit` for the others. */
export async function commandCheck(
  check: CommandCheck,
  origin: Origin,
  environment: Environment,
  tools: Tools,
  scope: Scope
): Promise<Finding> {
  // Of this activity and its retries alone: the same check asked again later must look again.
  const key = `${scope.runId}:${scope.activityId}:${origin.address}`;
  const at = parseAddress(origin.address);
  const step = at === undefined ? origin.address : `${at.phase}/${at.step}`;
  const result = await runCommand(
    {
      argv: check.argv,
      allow: environment.commands.allow,
      cwd: resolve(tools.workdir, environment.commands.cwd),
      env: commandEnv(environment, check.env, { run: origin.run, step, attempt: at?.attempt ?? 1, key }, tools),
      timeoutMs: check.timeout.ms,
      job: { scope: `${environment.id}/checks`, key, repeatable: true, reuse: 'none' },
    },
    tools,
    scope
  );
  const { verdict, reason, stdout, stderr } = result;
  const output = [stdout, stderr].filter((text) => text !== '').join('\n');
  return { verdict, reason, output, facts: { check, ...result } };
}
