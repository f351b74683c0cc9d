import type { AgentExecutionCore } from './agent-execution-core.js';
import { COMPONENT_NAMES, type ComponentName, type Path } from './components.js';
import type { ComponentRuntime } from './component-runtime.js';
import type { ConversationStore } from './conversation-store.js';
import type { FaultSet } from './faults.js';
import type { Measurements } from './measurements.js';
import { monotonicSeconds } from './metric-kinds.js';
import type { PathRouter } from './path-router.js';
import type { Random } from './random.js';
import { ComponentError, RequestScope } from './request-scope.js';
import type { WebSocketExecutor } from './websocket-executor.js';
import type { ChatReply } from './wire.js';
import type { WorkflowOrchestrator } from './workflow-orchestrator.js';

export interface ChatRequest {
  user: string;
  message: string;
  smoke: boolean;
}

export type ChatOutcome =
  { ok: true; reply: ChatReply } | { ok: false; error: string; paths: Readonly<Record<ComponentName, Path>> };

export interface ChatParts {
  runtimes: Record<ComponentName, ComponentRuntime>;
  router: PathRouter;
  faults: FaultSet;
  random: Random;
  measurements: Measurements;
  conversations: ConversationStore;
  agents: AgentExecutionCore;
  workflows: WorkflowOrchestrator;
  executor: WebSocketExecutor;
}

/** The golden path: one user message through all four components, to a reply and its events. */
export class ChatService {
  readonly #parts: ChatParts;

  constructor(parts: ChatParts) {
    this.#parts = parts;
  }

  /** The paths and faults that hold for a request of this user from now on. */
  scopeOf(request: ChatRequest): RequestScope {
    const { router, faults, random } = this.#parts;
    return new RequestScope(request, router.route(request.user), faults, random);
  }

  /** Answers a message. While a component restarts the request waits for it. A failed component is an outcome, not a throw. */
  async chat(request: ChatRequest): Promise<ChatOutcome> {
    const started = monotonicSeconds();
    const { runtimes, measurements } = this.#parts;
    for (const name of COMPONENT_NAMES) await runtimes[name].whenServing();
    const scope = this.scopeOf(request);
    try {
      return { ok: true, reply: await this.#answer(scope) };
    } catch (error) {
      if (!(error instanceof ComponentError)) throw error;
      return { ok: false, error: error.message, paths: scope.paths };
    } finally {
      measurements.responseTime.record(monotonicSeconds() - started, scope.overallPath);
    }
  }

  async #answer(scope: RequestScope): Promise<ChatReply> {
    const { executor, agents, workflows, conversations } = this.#parts;
    const events = await executor.attach(scope);
    return agents.withContext(scope, async (context) => {
      events.emit('agent_started', 'agent-execution-core', context.owner, {});
      const outcome = await workflows.run(scope, context, events);
      await conversations.append(scope.user, scope.message, outcome.text);
      events.emit('agent_completed', 'agent-execution-core', context.owner, { text: outcome.text });
      return {
        requestId: scope.id,
        owner: context.owner,
        message: scope.message,
        ...outcome,
        events: [...events.events],
        paths: scope.paths,
      };
    });
  }
}
