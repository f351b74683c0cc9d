/** Workflow ids, task queues and lock keys: the names that workflows, workers and clients agree on. */
import type { LedgerEntry } from './change.js';
import { targetOf } from './ledger.js';
import type { Environment, Phase, Plan } from './model.js';

export const workflowQueue = 'phasegate';

/** The worker deployment whose builds run the workflows. */
export const deploymentName = 'phasegate';

/** Activities that touch the environment. */
export function environmentQueue(environmentId: string): string {
  return `phasegate-${environmentId}`;
}

/** Windows: many at once, each for long, with slots of their own. */
export function windowQueue(environmentId: string): string {
  return `phasegate-${environmentId}-windows`;
}

export function migrationId(environmentId: string, planId: string): string {
  return `migration/${environmentId}/${planId}`;
}

export function phaseWorkflowId(migration: string, phaseId: string): string {
  return `${migration}/phase/${phaseId}`;
}

/** `name` is the phase that is taken back, `all`, or `again-<n>` for one that the CLI started. */
export function rollbackWorkflowId(migration: string, name: string): string {
  return `${migration}/rollback/${name}`;
}

export function cleanupWorkflowId(migration: string): string {
  return `${migration}/cleanup`;
}

export function guardWorkflowId(migration: string): string {
  return `${migration}/guard`;
}

/** `key` is the metric, or the name of what else is wrong. */
export function alertWorkflowId(migration: string, key: string): string {
  return `${migration}/alert/${key}`;
}

export function isAlert(workflowId: string): boolean {
  return /^migration\/[^/]+\/[^/]+\/alert\/./.test(workflowId);
}

/**
 * By what PagerDuty and others recognise an alert: its workflow id, and a piece of the run's id, so that what an earlier
 * run left open there is another one.
 */
export function alertDedupKey(workflowId: string, { runId, pageId = runId.slice(0, 8) }: PageOwner): string {
  return `${workflowId}#${pageId}`;
}

/** Of a run, what the keys of its pages are made of; see RunIdentity. */
interface PageOwner {
  runId: string;
  pageId?: string;
}

/**
 * By what PagerDuty recognises all that people are called for together: `everything` while everything goes back, else the
 * key of a trouble, or an incident.
 */
export function pageKey(run: PageOwner & { workflowId: string }, what: string): string {
  return `${alertDedupKey(run.workflowId, run)}/${what}`;
}

/** The run whose page has this key; undefined when it is no page of phasegate. */
export function runOfPageKey(key: string): string | undefined {
  return /^(migration\/[^/]+\/[^/#]+)#[0-9a-f]{8}\/./.exec(key)?.[1];
}

/** The workflow of an alert by its key; undefined when it is no alert of phasegate. */
export function alertOfDedupKey(key: string): string | undefined {
  const workflowId = key.replace(/#[^#]*$/, '');
  return workflowId !== key && isAlert(workflowId) ? workflowId : undefined;
}

export function incidentWorkflowId(migration: string, number: number): string {
  return `${migration}/${incidentAddressOf(number)}`;
}

/** How people name an incident of a run. */
export function incidentAddressOf(number: number): string {
  return `incident/${number}`;
}

/** `incident/3` of a workflow id; undefined when it is none. */
export function incidentAddress(workflowId: string): string | undefined {
  return /^migration\/.*\/(incident\/\d+)$/.exec(workflowId)?.[1];
}

export function isCleanup(workflowId: string): boolean {
  return workflowId.startsWith('migration/') && workflowId.split('/').length === 4 && workflowId.endsWith('/cleanup');
}

/** Whether this rollback was started by itself, when its run had ended. */
export function isRollbackAgain(workflowId: string): boolean {
  return /\/rollback\/again-\d+$/.test(workflowId);
}

export function locksWorkflowId(environmentId: string): string {
  return `locks/${environmentId}`;
}

/** `name` is the reader's own: what it asked for is nobody else's. */
export function evidenceWorkflowId(environmentId: string, name: string): string {
  return `evidence/${environmentId}/${name}`;
}

/** The key under which the payload converter hands on why a payload could not be decoded. */
export const undecodable = '$undecodable';

export function flagLockKey(key: string): string {
  return `flag/${key}`;
}

/** What a run locks: its plan in the environment, and every flag and deploy target that it moves. */
export function lockKeys(plan: Plan): string[] {
  return [`plan/${plan.id}`, ...new Set(plan.phases.flatMap(movedBy))];
}

/** Flags and deploy targets that a phase moves, as `flag/KEY` and `deploy/TARGET`. */
export function movedBy({ steps }: Pick<Phase, 'steps'>): string[] {
  return steps.flatMap((step) => {
    if (step.kind === 'flag') return [flagLockKey(step.key)];
    if (step.kind === 'traffic') return [flagLockKey(step.flag)];
    return step.kind === 'deploy' ? [`deploy/${step.target}`] : [];
  });
}

/** What a rollback of an ended run locks: the plan, so that no new run begins beside it, and what it puts back. */
export function rollbackLockKeys(planId: string, entries: readonly LedgerEntry[]): string[] {
  return [`plan/${planId}`, ...new Set(entries.map((entry) => targetOf(entry.change)))];
}

/** Said on every status, report and log of a run in such an environment. */
export function remarksOf(environment: Pick<Environment, 'compression' | 'trust'>): string[] {
  const remarks: string[] = [];
  if (environment.compression) remarks.push(`time is compressed ${environment.compression.scale} times`);
  if (environment.trust === 'identity') remarks.push('identities were not verified');
  return remarks;
}

/** The id of the approval that somebody must give before a stage of the validation takes everything back. */
export const rollbackRequest = 'rollback';

/** The stage before all phases has its place among them: `pre-deployment/unit-tests#1`. */
export const preDeploymentId = 'pre-deployment';

/** What is left to do after the run: `cleanup/update-docs#1`. */
export const cleanupId = 'cleanup';
