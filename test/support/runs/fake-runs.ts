import type { Client } from '@temporalio/client';
import { defaultDataConverter, type TypedSearchAttributes } from '@temporalio/common';
import type { RunInput } from '../../../src/plan/model.js';
import { searchAttributes } from '../../../src/plan/search-attributes.js';

export interface FakeExecution {
  /** Also its run id. */
  workflowId: string;
  type: string;
  plan: string;
  /** Epoch ms. */
  startedAt: number;
  /** How its run came out; absent while it is open. */
  outcome?: string;
  /** Grows with whatever happens; default 3. */
  length?: number;
  /** What it answers to its status query; default: nobody answers for it. */
  answer?: () => Promise<unknown>;
  input?: RunInput;
}

/** A Temporal that has these executions, as far as a look at the runs asks it. */
export class FakeRuns {
  readonly executions: FakeExecution[];
  /** Ids of those that were asked for their status, in that order. */
  readonly asked: string[] = [];

  constructor(executions: FakeExecution[]) {
    this.executions = executions;
  }

  get client(): Client {
    return {
      workflow: {
        list: ({ query }: { query: string }) => this.list(query),
        getHandle: (id: string) => ({
          describe: () => Promise.resolve({ historyLength: this.find(id).length ?? 3 }),
          query: () => {
            this.asked.push(id);
            return this.find(id).answer?.() ?? Promise.reject(new Error('nobody answers'));
          },
        }),
      },
      connection: {
        workflowService: {
          getWorkflowExecutionHistory: ({ execution }: { execution: { workflowId: string } }) => {
            const payloads = [defaultDataConverter.payloadConverter.toPayload(this.find(execution.workflowId).input)];
            const workflowExecutionStartedEventAttributes = { input: { payloads } };
            return Promise.resolve({ history: { events: [{ workflowExecutionStartedEventAttributes }] } });
          },
        },
      },
      options: { namespace: 'default', loadedDataConverter: defaultDataConverter },
      withDeadline: (_at: number, ask: () => Promise<unknown>) => ask(),
    } as unknown as Client;
  }

  private find(id: string): FakeExecution {
    const found = this.executions.find(({ workflowId }) => workflowId === id);
    if (!found) throw new Error(`no execution ${id}`);
    return found;
  }

  /** Newest first, as the visibility store has them. */
  private async *list(query: string): AsyncGenerator<object> {
    const isOpen = query.includes("ExecutionStatus = 'Running'");
    const [, named = ''] = /WorkflowType (?:IN|=) (\([^)]+\)|'\w+')/.exec(query) ?? [];
    const types = new Set([...named.matchAll(/\w+/g)].map(([type]) => type));
    const found = this.executions.filter(({ type, outcome }) => types.has(type) && (outcome === undefined) === isOpen);
    for (const { workflowId, type, plan, startedAt, outcome } of found.toSorted((a, b) => b.startedAt - a.startedAt)) {
      const values = new Map<unknown, unknown>([[searchAttributes.plan, plan]]);
      yield {
        workflowId,
        runId: workflowId,
        type,
        startTime: new Date(startedAt),
        memo: outcome === undefined ? {} : { outcome: { kind: outcome } },
        typedSearchAttributes: { get: (key) => values.get(key) } as Pick<TypedSearchAttributes, 'get'>,
      };
    }
  }
}
