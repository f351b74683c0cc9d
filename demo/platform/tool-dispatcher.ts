import { setTimeout as sleep } from 'node:timers/promises';
import type { DbPool } from './db-pool.js';
import { mayUse, type ToolName } from './directory.js';
import type { ContextStore, ExecutionContext } from './execution-context.js';
import type { Measurements } from './measurements.js';
import type { RequestScope } from './request-scope.js';
import type { ToolRun } from './wire.js';

const NAME = 'tool-dispatcher';
const LEAK_SHARE = 0.3;

/** What each tool finds for a user. The text names the user whose data it is. */
const TOOLS: Record<ToolName, (user: string, query: string) => string> = {
  search_handbook: (user, query) => `handbook pages about ${query}, as shared with ${user}`,
  run_report: (user, query) => `report of ${user} on ${query}`,
  export_billing: (user, query) => `billing records of ${user} for ${query}`,
};

/** Runs tools on behalf of users, each with the permissions of the user who asked. */
export class ToolDispatcher {
  readonly #pool: DbPool;
  readonly #contexts: ContextStore;
  readonly #measurements: Measurements;

  constructor(pool: DbPool, contexts: ContextStore, measurements: Measurements) {
    this.#pool = pool;
    this.#contexts = contexts;
    this.#measurements = measurements;
  }

  /** Decides whether the user may run the tool, and runs it. A refusal is an answer, not a failure. @throws ComponentError */
  async dispatch(scope: RequestScope, context: ExecutionContext, tool: ToolName, query: string): Promise<ToolRun> {
    const owner = this.#actingUser(scope, context);
    const allowed = mayUse(owner, tool);
    this.#judgeDecision(scope, tool, allowed);
    if (!allowed) return { tool, decision: 'denied', owner, query, result: null };
    try {
      await scope.delayIfSlow(NAME);
      await sleep(scope.random.between(6, 15));
      scope.failIfBroken(NAME);
      const result = await this.#pool.query(scope.random.between(2, 4), () => TOOLS[tool](owner, query));
      this.#measurements.tools.record(true, scope.paths[NAME]);
      const spoiled = scope.smoke && scope.suffers('failed-smoke', NAME);
      return { tool, decision: 'allowed', owner, query, result: spoiled ? 'undefined' : result };
    } catch (error) {
      this.#measurements.tools.record(false, scope.paths[NAME]);
      this.#measurements.toolFailures.increment();
      throw error;
    }
  }

  /** Legacy asks the session who the user is, the new path takes the identity that the context was opened with. */
  #actingUser(scope: RequestScope, context: ExecutionContext): string {
    if (scope.paths[NAME] === 'legacy') return scope.user;
    const leaks = scope.suffers('isolation-violation', NAME) && scope.random.chance(LEAK_SHARE);
    return leaks ? (this.#contexts.foreign(scope.user)?.owner ?? context.owner) : context.owner;
  }

  /** Holds the decision against the role of the user who really asked, whoever the dispatcher took the user for. */
  #judgeDecision(scope: RequestScope, tool: ToolName, allowed: boolean): void {
    const right = mayUse(scope.user, tool) === allowed;
    const result = right ? (allowed ? 'allowed' : 'denied') : 'wrong';
    this.#measurements.permissionChecks.inc({ result, path: scope.paths[NAME] });
    if (!right) this.#measurements.permissionFailures.increment();
  }
}
