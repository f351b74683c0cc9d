import { deploymentName } from '../../plan/names.js';

/** A phase or rollback, and the build whose workers alone can go on with it, where Temporal tells. */
export interface Pinned {
  workflowId: string;
  pinnedTo?: string | undefined;
}

/** What is known of the builds around a run that does not answer. */
export interface Builds {
  /** Those that polled within the last minute; undefined when nobody knows. */
  polling: readonly string[] | undefined;
  namespace: string;
  environmentId: string;
}

/** `phase/1b`, as it is called within its run. */
export function partName(workflowId: string): string {
  return workflowId.split('/').slice(-2).join('/');
}

/** `builds that polled within the last minute: 4f1c`; empty when nobody knows. */
export function pollingWords(polling: readonly string[] | undefined): string {
  return polling === undefined ? '' : `builds that polled within the last minute: ${polling.join(', ') || 'none'}`;
}

/** What to type for what is pinned to a build that does not answer: a worker of that build, or another build. */
export function pinnedAdvice(parts: readonly Pinned[], { polling, namespace, environmentId }: Builds): string {
  const start = `start a worker of that build with: phasegate worker --env ${environmentId}`;
  const [part] = parts;
  const other = polling?.find((build) => parts.every(({ pinnedTo }) => pinnedTo !== undefined && pinnedTo !== build));
  if (!part || other === undefined) return start;
  return `${start}; or let build ${other} go on with it: ${parts.map(({ workflowId }) => moveLine(namespace, workflowId, other)).join(' && ')}`;
}

/** The command that a person types to move an execution to another build. */
function moveLine(namespace: string, workflowId: string, build: string): string {
  return `temporal workflow update-options --namespace ${namespace} --workflow-id ${workflowId} --versioning-override-behavior pinned --versioning-override-deployment-name ${deploymentName} --versioning-override-build-id ${build}`;
}
