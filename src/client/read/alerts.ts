import { PhasegateError } from '../../plan/errors.js';
import { alertWorkflowId, isAlert } from '../../plan/names.js';
import { searchAttributes } from '../../plan/search-attributes.js';
import { runName } from '../../plan/text/command-lines.js';
import type { AlertStatus } from '../../plan/watch-status.js';
import { isNotFound } from '../connection/failures.js';
import type { Link } from '../connection/link.js';
import { cleanDeep } from '../render/clean.js';
import { readResult } from './history.js';
import { queryStatus } from './query.js';
import type { RunRef } from './snapshot.js';
import { quoted } from './visibility.js';

/** One alert in a list; without a worker what Temporal itself knows of it. Times are epoch ms. */
export interface ListedAlert extends RunRef {
  /** As people write it: run and metric. */
  address: string;
  state: AlertStatus['state'] | 'unknown';
  startedAt: number;
  status?: AlertStatus;
}

export interface AlertList {
  alerts: ListedAlert[];
  /** False when no worker answered for one that is open. */
  workerAnswered: boolean;
}

const atMost = 100;

/**
 * Alerts, newest first.
 *
 * @param run only those of this run
 * @param all with those that are closed, as far as the server still has them
 */
export async function listAlerts(link: Link, { run, all }: { run?: RunRef; all?: boolean } = {}): Promise<AlertList> {
  const alerts = await found(link, { run, all });
  let workerAnswered = true;
  const asked = await Promise.all(
    alerts.map(async ({ endedAt, ...alert }): Promise<ListedAlert> => {
      const isOpen = endedAt === undefined;
      const status = isOpen ? undefined : await lastStatus(link, alert);
      if (status) return { ...alert, state: status.state, status };
      const answer = await queryStatus<AlertStatus>(link, alert);
      const told = 'status' in answer ? answer.status : undefined;
      if (!isOpen) return { ...alert, state: 'closed', ...(told ? { status: alertEnded(told, endedAt) } : {}) };
      if (told) return { ...alert, state: told.state, status: told };
      workerAnswered = false;
      return alert;
    })
  );
  const once = eachOnce(asked.toReversed(), ({ status }) => status?.openedAt).toReversed();
  return { alerts: once, workerAnswered };
}

/** What one that is over returned, which needs no worker; undefined when it was terminated. */
async function lastStatus(link: Link, alert: RunRef): Promise<AlertStatus | undefined> {
  const result = (await readResult(link, alert)) as Partial<AlertStatus> | undefined;
  return result?.schemaVersion === 1 && result.state ? cleanDeep(result as AlertStatus) : undefined;
}

/** What somebody ended from outside still says that it fires. */
export function alertEnded(alert: AlertStatus, at: number): AlertStatus {
  const reason = 'it was ended from outside';
  return { ...alert, state: 'closed', closedAt: at, reason, sentence: `${alert.title}: closed, ${reason}.` };
}

/**
 * One that was reset, or that goes on after it was ended from outside, has several executions, which opened at the same
 * instant: the last counts. What does not say when it opened stands for itself.
 *
 * @param alerts oldest first
 */
export function eachOnce<T extends RunRef>(alerts: readonly T[], openedAt: (alert: T) => number | undefined): T[] {
  return [...new Map(alerts.map((one) => [`${one.workflowId} ${openedAt(one) ?? one.runId}`, one])).values()];
}

interface FoundAlert extends ListedAlert {
  /** Absent while it is open. */
  endedAt?: number;
}

async function found(link: Link, { run, all }: { run?: RunRef; all?: boolean }): Promise<FoundAlert[]> {
  const query = [
    "WorkflowType = 'alert'",
    all ? "ExecutionStatus != 'ContinuedAsNew'" : "ExecutionStatus = 'Running'",
    ...(run ? [`WorkflowId STARTS_WITH ${quoted(alertWorkflowId(run.workflowId, ''))}`] : []),
  ].join(' AND ');
  return link.call('list of alerts', async () => {
    const alerts: FoundAlert[] = [];
    for await (const info of link.temporal.workflow.list({ query })) {
      const state = info.typedSearchAttributes.get(searchAttributes.status);
      alerts.push(
        cleanDeep({
          workflowId: info.workflowId,
          runId: info.runId,
          address: addressOf(info.workflowId),
          state: states.find((one) => one === state) ?? 'unknown',
          startedAt: info.startTime.getTime(),
          ...(info.closeTime ? { endedAt: info.closeTime.getTime() } : {}),
        })
      );
      if (alerts.length === atMost) break;
    }
    return alerts.toSorted((a, b) => b.startedAt - a.startedAt);
  });
}

const states = ['firing', 'acknowledged', 'closed'] as const;

/**
 * The alert that is meant: by run and metric (`demo/checkout/error_rate`), a unique ending of that, or its workflow id;
 * left out, the only one that is open.
 *
 * @throws PhasegateError PG443 when none is open, PG444 when several match
 */
export async function resolveAlert(link: Link, reference?: string): Promise<RunRef> {
  // The list may not have an alert that began a moment ago.
  const whole = reference === undefined ? undefined : wholeAlertId(reference);
  const there = whole === undefined ? undefined : await lookUp(link, whole);
  if (there) return there;
  const open = await found(link, {});
  const matching = reference === undefined ? open : open.filter((alert) => isMeant(alert, reference));
  const [match, ...others] = matching;
  if (match && others.length === 0) return match;
  if (!match)
    throw new PhasegateError('PG443', reference === undefined ? 'no alert is open' : `no alert ${reference} is open`);
  const names = matching.map(({ address }) => address).join(', ');
  throw new PhasegateError(
    'PG444',
    reference === undefined ? `several alerts are open: ${names}` : `several alerts end in ${reference}: ${names}`
  );
}

/** The workflow of an alert whose run and metric are given in full. */
function wholeAlertId(reference: string): string | undefined {
  const id = reference.startsWith('migration/') ? reference : `migration/${reference}`;
  if (isAlert(id)) return id;
  const [, environment, plan, ...key] = id.split('/');
  return key.length === 1 && key[0] ? alertWorkflowId(`migration/${environment}/${plan}`, key[0]) : undefined;
}

async function lookUp(link: Link, workflowId: string): Promise<RunRef | undefined> {
  try {
    const { runId } = await link.call(`alert ${workflowId}`, () =>
      link.temporal.workflow.getHandle(workflowId).describe()
    );
    return { workflowId, runId };
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

function isMeant({ address, workflowId }: ListedAlert, reference: string): boolean {
  return [address, workflowId].some((name) => name === reference || name.endsWith(`/${reference}`));
}

function addressOf(workflowId: string): string {
  return runName(workflowId).replace('/alert/', '/');
}
