import type { Change } from '../../plan/change.js';
import type { Environment } from '../../plan/model.js';
import { createDeployTarget } from '../deploy/deploy-target.js';
import { deployerFor } from '../deploy/registry.js';
import type { Tools } from '../deps.js';
import { createFlagTarget } from '../flags/flag-target.js';
import { flagProviderFor } from '../flags/index.js';
import type { Trace } from '../flags/index.js';
import type { Scope } from '../scope.js';
import type { ChangeTarget } from './target.js';

/** What a change moves, in an environment. `trace` gets what was asked and answered. */
export function targetFor(
  change: Change,
  environment: Environment,
  tools: Tools,
  scope: Scope,
  trace: Trace
): ChangeTarget {
  switch (change.type) {
    case 'flag':
      return createFlagTarget(change.key, flagProviderFor(environment.flags, tools, trace, scope.signal));
    case 'deploy':
      return createDeployTarget(change.target, deployerFor(change.target, environment, tools, scope, trace));
  }
}
