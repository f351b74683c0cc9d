import { runName } from '../../plan/text/command-lines.js';
import type { Link } from '../connection/link.js';
import { pinnedAdvice, pollingWords } from '../read/build-words.js';
import { describeRun } from '../read/describe.js';
import { openParts } from '../read/family.js';
import { pollingBuilds } from '../read/pollers.js';
import { fail, ok, reasonOf, type Finding } from './finding.js';

/** Whether a worker of its build polls for each open phase and rollback: no other can go on with them. */
export async function examineBuilds(link: Link, environmentId: string | undefined, now: number): Promise<Finding[]> {
  try {
    const [polling, open] = await Promise.all([pollingBuilds(link, now), openParts(link, environmentId)]);
    if (polling === undefined) return [];
    const described = await Promise.all(open.map(({ workflowId, runId }) => describeRun(link, workflowId, runId)));
    const pinned = described.flatMap((one) => (one.open && one.pinnedTo !== undefined ? [one] : []));
    const builds = [...new Set(pinned.flatMap(({ pinnedTo }) => pinnedTo ?? []))].toSorted();
    return builds.map((build) => {
      const parts = pinned.filter(({ pinnedTo }) => pinnedTo === build);
      const what = `worker of build ${build}`;
      const needs = `needed by ${parts.map(({ workflowId }) => runName(workflowId)).join(', ')}`;
      if (polling.includes(build)) return ok(what, needs);
      const advice = pinnedAdvice(parts, {
        polling,
        namespace: link.settings.namespace,
        environmentId: environmentId ?? 'ENVIRONMENT',
      });
      return fail(
        what,
        `none, ${needs} (${pollingWords(polling)})`,
        `${advice.slice(0, 1).toUpperCase()}${advice.slice(1)}`
      );
    });
  } catch (error) {
    return [fail('builds', reasonOf(error), 'Look at what is open: phasegate list')];
  }
}
