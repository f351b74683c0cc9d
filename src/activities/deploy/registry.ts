import type { Environment } from '../../plan/model.js';
import type { Tools } from '../deps.js';
import { fail } from '../fail.js';
import type { Trace } from '../flags/index.js';
import type { Scope } from '../scope.js';
import { createCommandDeployer } from './command-deployer.js';
import type { Deployer } from './deployer.js';

/**
 * The deployer of a target of the environment; commands are the only kind.
 *
 * @throws PG314 when the environment has no such target
 */
export function deployerFor(
  name: string,
  environment: Environment,
  tools: Tools,
  scope: Scope,
  trace: Trace
): Deployer {
  const target = environment.deploy[name];
  if (target !== undefined) return createCommandDeployer(name, target, environment, tools, scope, trace);
  const known = Object.keys(environment.deploy).join(', ') || 'none';
  throw fail('PG314', `environment ${environment.id} has no deploy target ${name} (it has: ${known})`);
}
