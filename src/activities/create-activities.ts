import { join } from 'node:path';
import type { FlagState } from '../plan/change.js';
import type { FlagSource } from '../plan/model.js';
import { activity, scrubbed } from './activity.js';
import { verifyIdentity } from './approvals/verify-identity.js';
import { applyChange, captureChange, undoChange, verifyChange } from './changes/index.js';
import { runCheck } from './checks/run-check.js';
import type { CheckMetric } from './checks/run-check.js';
import { watchCheck } from './checks/watch-check.js';
import type { EnvironmentActivities, WindowActivities } from './contract.js';
import type { ActivityDeps, Tools } from './deps.js';
import { flagProviderFor } from './flags/registry.js';
import { captureFlags, removeFlags, verifyRemoval } from './flags/index.js';
import { createMetricActivities, createWindowActivities } from './metrics/index.js';
import { notify } from './notify/notify.js';
import { tellChannel } from './notify/tell-channel.js';
import { createSecrets } from './secrets.js';

/** `environment` for the task queue of an environment, `windows` for its queue of windows. */
export interface Activities {
  environment: EnvironmentActivities;
  windows: WindowActivities;
}

/**
 * Everything that touches the world, for one worker. Results, errors and evidence leave without the value of any secret
 * that was resolved on the way.
 */
export function createEnvironmentActivities(deps: ActivityDeps): Activities {
  const tools = toolsOf(deps);
  const { secrets, evidence } = tools;
  const metrics = createMetricActivities(tools);
  const checkMetric: CheckMetric = (input) => metrics.checkMetric(input);
  const windows = createWindowActivities(tools);
  return {
    environment: {
      captureChange: activity(secrets, (input, scope) => captureChange(input, tools, scope)),
      applyChange: activity(secrets, (input, scope) => applyChange(input, tools, scope)),
      verifyChange: activity(secrets, (input, scope) => verifyChange(input, tools, scope)),
      undoChange: activity(secrets, (input, scope) => undoChange(input, tools, scope)),
      runCheck: activity(secrets, (input, scope) => runCheck(input, tools, scope, checkMetric)),
      captureBaseline: activity(secrets, (input) => metrics.captureBaseline(input)),
      measurePeriod: activity(secrets, (input) => metrics.measurePeriod(input)),
      notify: activity(secrets, (input, scope) => notify(input, tools, scope)),
      tellChannel: activity(secrets, (input, scope) => tellChannel(input, tools, scope)),
      verifyIdentity: activity(secrets, (input) => verifyIdentity(input, tools)),
      captureFlags: activity(secrets, (input, scope) => captureFlags(input, tools, scope)),
      removeFlags: activity(secrets, (input, scope) => removeFlags(input, tools, scope)),
      verifyRemoval: activity(secrets, (input, scope) => verifyRemoval(input, tools, scope)),
      recordEvidence: activity(secrets, ({ kind, document }) => evidence.put(kind, secrets.scrubAll(document))),
      readEvidence: activity(secrets, ({ digest }) => evidence.get(digest)),
    },
    windows: {
      watchWindow: scrubbed(secrets, (input) => windows.watchWindow(input)),
      watchMetrics: scrubbed(secrets, (input) => windows.watchMetrics(input)),
      watchCheck: activity(secrets, (input, scope) =>
        watchCheck(input, tools, scope, (look, inner) => runCheck(look, tools, inner, checkMetric))
      ),
    },
  };
}

/** Reads a flag as its system has it, for those who only show it. Throws what a flag provider throws; `signal` ends it. */
export function createFlagReader(
  deps: ActivityDeps
): (source: FlagSource, key: string, signal: AbortSignal) => Promise<FlagState> {
  const tools = toolsOf(deps);
  return (source, key, signal) => flagProviderFor(source, tools, () => undefined, signal).read(key);
}

function toolsOf(deps: ActivityDeps): Tools {
  const env = deps.env ?? process.env;
  return {
    ...deps,
    env,
    stateDir: deps.stateDir ?? join(deps.workdir, '.phasegate'),
    fetch: deps.fetch ?? fetch,
    secrets: deps.secrets ?? createSecrets({ env, baseDir: deps.workdir }),
  };
}
