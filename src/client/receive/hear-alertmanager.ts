import type { Logger } from 'pino';
import { readAlertmanager, type Default, type OtherAlert } from '../../plan/alertmanager.js';
import { otherTrouble, unknownText, type UnknownName } from '../../plan/other-trouble.js';
import { clean, cleanDeep } from '../render/clean.js';
import { parseBody, reply, type Reply } from './reply.js';
import { isAway, type OpenRun, type Runs, type ToTell } from './tell-runs.js';

export interface HearOptions {
  runs: Runs;
  defaults: Default;
  log: Logger;
}

/** What became of an alert. */
type Result =
  | { ignored: string }
  | { problem: string }
  | { failed: unknown }
  | {
      run: string;
      name: string;
      key: string;
      result: 'told' | 'repeated' | 'unknown' | 'dropped';
      severity?: number;
      unknown?: UnknownName[];
      remark?: string;
    };

/** An alert of an open run, and what the run is told of it. */
interface Ready extends ToTell {
  run: OpenRun;
  name: string;
  severity?: number;
  unknown: UnknownName[];
  remark?: string;
}

const mostNamed = 10;

/**
 * Tells runs of the alerts that Alertmanager posted, the gravest first. Whatever is wrong with one of them, the others are
 * told, and the answer says what became of each.
 *
 * @throws what one of the runs could not be told for, when all others were
 */
export async function hearAlertmanager(body: string, { runs, defaults, log }: HearOptions): Promise<Reply> {
  const parsed = parseBody(body, '/alertmanager', "Alertmanager's webhook sends (version 4)");
  if ('refused' in parsed) return parsed.refused;
  const read = readAlertmanager(parsed.raw, defaults);
  if (!read.ok) return reply(400, `${read.problem}; send what Alertmanager's webhook sends, as docs/alerts.md shows`);
  const prepared = await Promise.all(
    read.posted.map(async (one) => ('run' in one ? settled(() => prepare(runs, one.run, one.alert)) : one))
  );
  const results: Result[] = [];
  const inOrder = prepared.map((one, index) => ({ one, index })).toSorted((a, b) => rank(a.one) - rank(b.one));
  await Promise.all(
    inOrder.map(async ({ one, index }) => {
      results[index] = 'trouble' in one ? await settled(() => tell(runs, one)) : one;
    })
  );
  for (const one of results) logWrong(log, one);
  const failed = results.flatMap((one) => ('failed' in one ? [one.failed] : []));
  if (failed.length > 0) throw failed.find((error) => !isAway(error)) ?? failed[0];
  return answerOf(results);
}

async function settled<T>(work: () => Promise<T>): Promise<T | { failed: unknown }> {
  try {
    return await work();
  } catch (error) {
    return { failed: error };
  }
}

async function prepare(runs: Runs, workflowId: string, alert: OtherAlert): Promise<Ready | Result> {
  const run = await runs.open(workflowId);
  if (!run) return { run: workflowId, name: alert.name, key: alert.key, result: 'unknown' };
  const { plan } = run;
  const read = otherTrouble(alert, plan);
  if ('problem' in read) return read;
  if ('guarded' in read)
    return { ignored: `${alert.name}: the guard of ${workflowId} watches ${read.guarded} and tells people itself` };
  const early = read.isRendered && plan?.guard ? beforeTheGuard(run, alert, await runs.guardedSince(run)) : undefined;
  if (early !== undefined) return { ignored: `${alert.name}: ${early}` };
  const remark = plan ? (plan.incidents ? undefined : leadsNone) : run.unread;
  return { run, name: alert.name, key: alert.key, ...read, ...(remark === undefined ? {} : { remark }) };
}

/** Why a rendered rule says nothing of this run: what it fired for lies before the first change. The guard sees what does not. */
function beforeTheGuard({ workflowId }: OpenRun, alert: OtherAlert, since: number | undefined): string | undefined {
  if (since === undefined)
    return `${workflowId} has changed nothing yet; its guard will see it from the first change on`;
  if (alert.at < since) return `it fired before the first change of ${workflowId}; its guard watches from there on`;
  return undefined;
}

const leadsNone = 'its plan leads no incidents: only a critical red metric does something';

async function tell(runs: Runs, one: Ready): Promise<Result> {
  const { run, name, key, severity, unknown, remark } = one;
  return {
    run: run.workflowId,
    name,
    key,
    result: await runs.trouble(run, one),
    ...(severity === undefined ? {} : { severity }),
    ...(unknown.length > 0 ? { unknown } : {}),
    ...(remark === undefined ? {} : { remark }),
  };
}

/** Where there is no room for all, the gravest have it. */
function rank(one: Ready | Result): number {
  return 'trouble' in one ? (one.severity ?? (one.isGrave ? 1 : 3)) : 4;
}

function answerOf(alerts: readonly Result[]): Reply {
  const problems = alerts.flatMap((one) => problemOf(one) ?? []);
  const unknown = alerts.flatMap((one) => ('run' in one && one.result === 'unknown' ? [one.run] : []));
  if (unknown.length > 0) problems.push(`no run is open: ${listed([...new Set(unknown)], ', ')}`);
  const counts = countOf(alerts);
  if (problems.length === 0) return { status: 200, body: { alerts }, logged: counts };
  const status = problems.length === 1 && unknown.length > 0 ? 404 : 400;
  const error = listed(problems, '; ');
  return { status, body: { error, alerts }, logged: { error, ...counts } };
}

/** What whoever wrote the alert has to mend. */
function problemOf(one: Result): string | undefined {
  if ('problem' in one) return one.problem;
  if (!('run' in one) || !one.unknown) return undefined;
  return `${one.name} (${one.result}): ${one.unknown.map(unknownText).join('; ')}`;
}

/** What somebody has to look at has a line of its own. */
function logWrong(log: Logger, one: Result): void {
  if ('failed' in one) return;
  const problem = problemOf(one);
  const dropped = 'run' in one && one.result === 'dropped';
  const line =
    problem ??
    (dropped ? `${one.name} (dropped): ${one.run} was told of too many within the hour` : undefined) ??
    ('run' in one && one.remark !== undefined ? `${one.name} (${one.result}): ${one.remark}` : undefined);
  if (line !== undefined) log.warn(cleanDeep(one), clean(line));
}

function countOf(results: readonly Result[]): Record<string, number> {
  const count: Record<string, number> = {};
  for (const one of results) {
    const what = 'run' in one ? one.result : 'ignored' in one ? 'ignored' : 'problem';
    count[what] = (count[what] ?? 0) + 1;
  }
  return count;
}

function listed(all: readonly string[], between: string): string {
  const more = all.length > mostNamed ? `${between}and ${all.length - mostNamed} more, see "alerts"` : '';
  return `${all.slice(0, mostNamed).join(between)}${more}`;
}
