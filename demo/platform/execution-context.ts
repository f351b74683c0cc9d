import type { Path } from './components.js';
import { GAUGE_SPAN, monotonicSeconds } from './metric-kinds.js';
import { SlidingWindow } from './sliding-window.js';

/** What the agents of one request know and produce. */
export interface ExecutionContext {
  readonly kind: Path;
  readonly owner: string;
  readonly requestId: string;
  /** The last messages of the owner's conversation, oldest first. */
  readonly conversation: readonly string[];
  /** What the agents and tools of this request have produced, by name. */
  readonly outputs: Record<string, string>;
}

/** Legacy: one mutable object per user, shared by all of the user's requests. */
interface DeepAgentState {
  user: string;
  conversation: string[];
  threads: Record<string, Record<string, string>>;
}

/** Opens, counts and sizes execution contexts. */
export class ContextStore {
  readonly #states = new Map<string, DeepAgentState>();
  readonly #open = new Set<ExecutionContext>();
  readonly #bytes = new SlidingWindow(GAUGE_SPAN, monotonicSeconds);
  #recent: ExecutionContext[] = [];

  get active(): number {
    return this.#open.size;
  }

  /** Mean size of the contexts that were closed in the last seconds, in bytes of their serialised payload. */
  meanBytes(): number | undefined {
    return this.#bytes.mean();
  }

  /** A view of the user's shared DeepAgentState, with a thread of its own for this request. */
  openLegacy(user: string, requestId: string, conversation: readonly string[]): ExecutionContext {
    const state = this.#states.get(user) ?? { user, conversation: [], threads: {} };
    this.#states.set(user, state);
    state.conversation = [...conversation];
    const outputs: Record<string, string> = {};
    state.threads[requestId] = outputs;
    return this.#track({ kind: 'legacy', owner: state.user, requestId, conversation: state.conversation, outputs });
  }

  /** A UserExecutionContext: immutable identity, nothing shared with any other request. */
  openIsolated(user: string, requestId: string, conversation: readonly string[]): ExecutionContext {
    return this.#track(
      Object.freeze({
        kind: 'new',
        owner: user,
        requestId,
        conversation: Object.freeze([...conversation]),
        outputs: {},
      })
    );
  }

  /** The latest context that belongs to somebody else, as a recycling bug would hand it out. */
  foreign(user: string): ExecutionContext | undefined {
    return this.#recent.findLast((context) => context.owner !== user);
  }

  close(context: ExecutionContext): void {
    this.#bytes.add(Buffer.byteLength(JSON.stringify(context)));
    this.#open.delete(context);
    const state = context.kind === 'legacy' ? this.#states.get(context.owner) : undefined;
    if (state === undefined) return;
    delete state.threads[context.requestId];
    if (Object.keys(state.threads).length === 0) this.#states.delete(context.owner);
  }

  #track(context: ExecutionContext): ExecutionContext {
    this.#open.add(context);
    this.#recent = [...this.#recent.slice(-7), context];
    return context;
  }
}

/** What is wrong with a context for a request of this user; an empty list when it may be used. */
export function contextFaults(context: ExecutionContext, user: string, requestId: string): string[] {
  const faults: string[] = [];
  if (context.owner !== user) faults.push(`belongs to ${context.owner}, not to ${user}`);
  if (context.requestId !== requestId) faults.push(`is of request ${context.requestId}, not of ${requestId}`);
  if (Object.keys(context.outputs).length > 0) faults.push('already holds outputs');
  if (context.kind === 'new' && !Object.isFrozen(context)) faults.push('can be changed');
  return faults;
}
