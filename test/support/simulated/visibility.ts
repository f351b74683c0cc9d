import type { Connection } from '@temporalio/client';
import type { temporal } from '@temporalio/proto';
import { isEarlierCleanup } from './earlier-cleanup.js';

type Info = temporal.api.workflow.v1.IWorkflowExecutionInfo;
type Fields = Record<string, string | undefined>;

const statusNames = ['', 'Running', 'Completed', 'Failed', 'Canceled', 'Terminated', 'ContinuedAsNew', 'TimedOut'];

/**
 * Answers lists of workflows, which the test server does not, for everybody on this connection: from its older lists of
 * all open and all closed ones, each described. Of the query language it knows what phasegate uses.
 */
export function answerLists({ workflowService }: Connection): void {
  const all = async (namespace: string): Promise<Info[]> => {
    const [open, closed] = await Promise.all([
      workflowService.listOpenWorkflowExecutions({ namespace }),
      workflowService.listClosedWorkflowExecutions({ namespace }),
    ]);
    return Promise.all(
      [...open.executions, ...closed.executions].filter(isShown).map(async ({ execution }) => {
        const described = await workflowService.describeWorkflowExecution({ namespace, execution });
        return described.workflowExecutionInfo ?? {};
      })
    );
  };
  const list = async ({ namespace = '', query = '' }: { namespace?: string; query?: string }): Promise<object> => {
    const wanted = parseQuery(query);
    return { executions: (await all(namespace)).filter((info) => wanted(fieldsOf(info))), nextPageToken: [] };
  };
  Object.assign(workflowService, { listWorkflowExecutions: list });
}

function isShown({ execution, type }: Info): boolean {
  return !isEarlierCleanup(type?.name ?? '', execution?.workflowId ?? '');
}

function fieldsOf({ execution, type, status, searchAttributes }: Info): Fields {
  const indexed = Object.entries(searchAttributes?.indexedFields ?? {}).map(([name, { data }]) => [
    name,
    String(JSON.parse(Buffer.from(data ?? []).toString() || 'null')),
  ]);
  return {
    ...Object.fromEntries(indexed),
    WorkflowId: execution?.workflowId ?? '',
    WorkflowType: type?.name ?? '',
    ExecutionStatus: statusNames[status ?? 0],
  };
}

/** `A = 'x' AND B STARTS_WITH 'y' AND C IN ('x', 'y') AND (D = 'x' OR E = 'y')` */
function parseQuery(query: string): (fields: Fields) => boolean {
  const clauses = query === '' ? [] : query.split(' AND ').map(parseClause);
  return (fields) => clauses.every((holds) => holds(fields));
}

function parseClause(clause: string): (fields: Fields) => boolean {
  const either = /^\((.+ OR .+)\)$/.exec(clause)?.[1];
  if (either !== undefined) {
    const clauses = either.split(' OR ').map(parseClause);
    return (fields) => clauses.some((holds) => holds(fields));
  }
  const [, name = '', operator = '', right = ''] = /^(\w+) (=|STARTS_WITH|IN) (.+)$/.exec(clause) ?? [];
  const values = [...right.matchAll(/'((?:[^']|'')*)'/g)].map(([, value = '']) => value.replaceAll("''", "'"));
  if (values.length === 0) throw new Error(`the simulated list does not understand "${clause}"`);
  return (fields) => {
    const found = fields[name] ?? '';
    return operator === 'STARTS_WITH' ? values.some((value) => found.startsWith(value)) : values.includes(found);
  };
}
