import { setTimeout as sleep } from 'node:timers/promises';
import type { ConversationStore } from './conversation-store.js';
import { contextFaults, type ContextStore, type ExecutionContext } from './execution-context.js';
import type { Measurements } from './measurements.js';
import { ComponentError, type RequestScope } from './request-scope.js';
import type { AgentRun } from './wire.js';

const NAME = 'agent-execution-core';
const LEAK_SHARE = 0.3;

/**
 * What an agent does, with the milliseconds that its model takes: long enough that a busy machine, which adds tens of
 * milliseconds to a workflow, does not look like a change of its duration by a fifth.
 */
const ROLES = {
  triage: { from: 50, to: 100 },
  analyst: { from: 125, to: 300 },
  writer: { from: 100, to: 250 },
} as const;

export type AgentRole = keyof typeof ROLES;

/** Runs agents, each inside the execution context of the user who asked. */
export class AgentExecutionCore {
  readonly #contexts: ContextStore;
  readonly #conversations: ConversationStore;
  readonly #measurements: Measurements;

  constructor(contexts: ContextStore, conversations: ConversationStore, measurements: Measurements) {
    this.#contexts = contexts;
    this.#conversations = conversations;
    this.#measurements = measurements;
  }

  /** Opens a context for the request, hands it to `use` and closes it again. @throws ComponentError when it is not valid */
  async withContext<T>(scope: RequestScope, use: (context: ExecutionContext) => Promise<T>): Promise<T> {
    const path = scope.paths[NAME];
    const conversation = await this.#conversations.load(scope.user);
    const context =
      path === 'new'
        ? this.#contexts.openIsolated(scope.user, scope.id, conversation)
        : this.#contexts.openLegacy(scope.user, scope.id, conversation);
    try {
      const faults = contextFaults(context, scope.user, scope.id);
      this.#measurements.validations.record(faults.length === 0, path);
      if (faults.length > 0) throw new ComponentError(NAME, `execution context ${faults.join(', ')}`);
      const leaks = scope.suffers('isolation-violation', NAME) && scope.random.chance(LEAK_SHARE);
      return await use(leaks ? (this.#contexts.foreign(scope.user) ?? context) : context);
    } finally {
      this.#contexts.close(context);
    }
  }

  /** Runs one agent. @throws ComponentError when its execution fails */
  async run(
    scope: RequestScope,
    context: ExecutionContext,
    role: AgentRole,
    received: string,
    think: (context: ExecutionContext, received: string) => string
  ): Promise<AgentRun> {
    try {
      if (role === 'triage') await scope.delayIfSlow(NAME);
      await sleep(scope.random.between(ROLES[role].from, ROLES[role].to));
      scope.failIfBroken(NAME);
    } catch (error) {
      this.#measurements.agents.record(false, scope.paths[NAME]);
      throw error;
    }
    const output = think(context, received);
    context.outputs[role] = output;
    this.#measurements.agents.record(true, scope.paths[NAME]);
    const spoiled = role === 'writer' && scope.smoke && scope.suffers('failed-smoke', NAME);
    return { role, received, output: spoiled ? '[object Object]' : output };
  }
}
