import './sandbox.js';
import { TypedSearchAttributes, type PayloadConverter } from '@temporalio/common';
import type { coresdk, temporal } from '@temporalio/proto';
import { setActivator } from '@temporalio/workflow/lib/global-attributes.js';
import { Activator } from '@temporalio/workflow/lib/internals.js';
import { concludeActivation, tryUnblockConditions } from '@temporalio/workflow/lib/worker-interface.js';

export type Command = coresdk.workflow_commands.IWorkflowCommand;
export type Failure = temporal.api.failure.v1.IFailure;
export type Payload = temporal.api.common.v1.IPayload;
export type Workflow = (input: never) => Promise<unknown>;

/** JSON through and through, as on a real server, but without its encodings. */
const json: PayloadConverter = {
  toPayload: (value) => ({ metadata: {}, data: Buffer.from(value === undefined ? '' : JSON.stringify(value)) }),
  fromPayload: <T>({ data }: Payload) => {
    const text = Buffer.from(data ?? []).toString();
    return (text === '' ? undefined : JSON.parse(text)) as T;
  },
};

export function pack(value: unknown): Payload {
  return json.toPayload(value);
}

export function unpack(payload: Payload | null | undefined): unknown {
  return payload ? json.fromPayload(payload) : undefined;
}

/** An activity that a workflow waits for. */
export interface Task {
  execution: Execution;
  seq: number;
  type: string;
  input: unknown;
  /** Cancelling it ends the wait at once; one that changes something is waited for. */
  endsOnCancel: boolean;
}

/** How an execution ended. `result` is what it returned or the detail of its failure. */
export interface End {
  how: 'completed' | 'failed' | 'cancelled' | 'terminated';
  result?: unknown;
  failure?: Failure;
}

export interface Identity {
  type: string;
  workflowId: string;
  runId: string;
  input: unknown;
  startedAt: number;
}

/**
 * One workflow execution: the real workflow code on the SDK's own workflow half, outside of its sandbox. Whoever holds
 * it plays the server, one activation after the other.
 */
export class Execution {
  readonly identity: Identity;
  readonly tasks = new Map<number, Task>();
  /** Sequence number -> epoch ms at which it fires. */
  readonly timers = new Map<number, number>();
  /** Every activity in the order of its scheduling; the result stands there once it completed. */
  readonly history: Array<{ type: string; result?: unknown }> = [];
  parent?: { execution: Execution; seq: number; onClose: number };
  end: End | undefined;
  private readonly activator: Activator;
  private readonly answers = new Map<string, unknown>();

  constructor(identity: Identity, workflow: Workflow) {
    this.identity = identity;
    const { type, workflowId, runId, startedAt } = identity;
    const unsafe = { isReplaying: false, isReplayingHistoryEvents: false, now: () => startedAt, random: () => 0.5 };
    const info = {
      workflowType: type,
      workflowId,
      runId,
      firstExecutionRunId: runId,
      taskQueue: 'models',
      namespace: '',
    };
    const started = { searchAttributes: {}, typedSearchAttributes: new TypedSearchAttributes(), memo: {}, unsafe };
    this.activator = new Activator({
      info: { ...info, ...started },
      now: startedAt,
      randomnessSeed: [1, 2, 3],
      registeredActivityNames: new Set(),
      getTimeOfDay: () => 0n,
      showStackTraceSources: false,
      stackTracesEnabled: false,
    } as unknown as ConstructorParameters<typeof Activator>[0]);
    this.activator.workflow = workflow as NonNullable<Activator['workflow']>;
    this.activator.payloadConverter = json;
  }

  /**
   * One workflow task: does the job, lets the workflow run until it waits, and returns its commands.
   *
   * @throws what would wedge the workflow on a real server
   */
  async activate(now: number, job: (activator: Activator) => void): Promise<Command[]> {
    const realNow = Date.now;
    Date.now = () => now;
    setActivator(this.activator);
    this.answers.clear();
    try {
      this.activator.now = now;
      job(this.activator);
      do await new Promise(setImmediate);
      while (tryUnblockConditions() > 0);
      const { successful } = concludeActivation();
      this.activator.getAndResetSinkCalls();
      return successful?.commands ?? [];
    } finally {
      setActivator(undefined);
      Date.now = realNow;
    }
  }

  /** What a query answers, as a copy that nobody may change; it also tells the last state of what has ended. */
  query<T>(name: string): T {
    // Whoever asks between two activations gets the same answer: tests ask after every command.
    if (!this.answers.has(name)) this.answers.set(name, JSON.parse(this.answerTo(name)));
    return this.answers.get(name) as T;
  }

  private answerTo(name: string): string {
    setActivator(this.activator);
    try {
      return JSON.stringify(this.activator.queryHandlers.get(name)?.handler());
    } finally {
      setActivator(undefined);
    }
  }
}
