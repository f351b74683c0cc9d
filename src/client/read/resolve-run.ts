import { PhasegateError } from '../../plan/errors.js';
import type { Link } from '../connection/link.js';
import { describeRun } from './describe.js';
import { runUnknown } from './unknown.js';
import type { RunRef } from './snapshot.js';

/** A run as a list of them shows it, newest first. */
export interface KnownRun extends RunRef {
  open: boolean;
  startedAt: number;
}

const atMost = 1_000;

/** All executions of migrations that the server still has. */
export async function knownRuns(link: Link): Promise<KnownRun[]> {
  return link.call('list of runs', async () => {
    const runs: KnownRun[] = [];
    for await (const info of link.temporal.workflow.list({ query: "WorkflowType = 'migration'" })) {
      runs.push({
        workflowId: info.workflowId,
        runId: info.runId,
        open: info.status.name === 'RUNNING' || info.status.name === 'PAUSED',
        startedAt: info.startTime.getTime(),
      });
      if (runs.length === atMost) break;
    }
    return runs.toSorted((a, b) => b.startedAt - a.startedAt);
  });
}

/**
 * What RUN on the command line means: nothing (the only run that is open, else the last one), `last`, a run id, a
 * workflow id, or a unique ending of one. A workflow id means its newest execution.
 *
 * @throws PhasegateError PG403 when nothing matches, PG404 when several do
 */
export function pickRun(runs: readonly KnownRun[], reference?: string): KnownRun {
  const newestOfEach = runs.filter(
    (run, index) => runs.findIndex((one) => one.workflowId === run.workflowId) === index
  );
  const last = newestOfEach[0];
  if (!last)
    throw new PhasegateError('PG403', 'there is no run yet', {
      hint: 'Start one with: phasegate start PLAN --env ENVIRONMENT',
    });
  if (reference === undefined) return onlyOpen(newestOfEach) ?? last;
  if (reference === 'last') return last;
  const byRunId = runs.find((run) => run.runId === reference);
  if (byRunId) return byRunId;
  const wanted = reference.replace(/\/+$/, '');
  const exact = newestOfEach.find((run) => run.workflowId === wanted || wanted.startsWith(`${run.workflowId}/`));
  if (exact) return exact;
  const ending = newestOfEach.filter((run) => run.workflowId.endsWith(`/${wanted}`) || run.workflowId.endsWith(wanted));
  const [match, ...others] = ending;
  if (match && others.length === 0) return match;
  if (!match) throw runUnknown(reference);
  throw several(`several runs end in ${reference}`, ending);
}

/** See {@link pickRun}. A whole id is looked up directly: a list may not have a run that was started a moment ago. */
export async function resolveRun(link: Link, reference?: string): Promise<KnownRun> {
  const whole = reference === undefined ? undefined : wholeId(reference);
  return (whole === undefined ? undefined : await lookUp(link, whole)) ?? pickRun(await knownRuns(link), reference);
}

/** `migration/<environment>/<plan>` of a reference that has both, or of something below such a run. */
export function wholeId(reference: string): string | undefined {
  const match = /^(?:migration\/)?([^/]+\/[^/]+)(?:\/.*)?$/.exec(reference);
  return match?.[1] === undefined ? undefined : `migration/${match[1]}`;
}

async function lookUp(link: Link, workflowId: string): Promise<KnownRun | undefined> {
  try {
    const described = await describeRun(link, workflowId);
    return described.type === 'migration' ? described : undefined;
  } catch (error) {
    if (error instanceof PhasegateError && error.code === 'PG403') return undefined;
    throw error;
  }
}

function onlyOpen(runs: readonly KnownRun[]): KnownRun | undefined {
  const open = runs.filter((run) => run.open);
  if (open.length > 1) throw several('several runs are open, so say which one', open);
  return open[0];
}

function several(what: string, runs: readonly KnownRun[]): PhasegateError {
  return new PhasegateError('PG404', `${what}: ${runs.map((run) => run.workflowId).join(', ')}`);
}
