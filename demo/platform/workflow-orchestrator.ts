import type { AgentExecutionCore } from './agent-execution-core.js';
import { TOOL_NAMES, type ToolName } from './directory.js';
import type { ExecutionContext } from './execution-context.js';
import type { Measurements } from './measurements.js';
import { monotonicSeconds } from './metric-kinds.js';
import type { EventEmitter } from './websocket-executor.js';
import { ComponentError, type RequestScope } from './request-scope.js';
import type { ToolDispatcher } from './tool-dispatcher.js';
import type { AgentRun, ToolRun } from './wire.js';
import { isConsistent, type WorkflowRecord, WorkflowRecords } from './workflow-records.js';

const NAME = 'workflow-orchestrator';
const MIX_UP_SHARE = 0.3;

export interface WorkflowOutcome {
  workflow: { owner: string; states: string[]; seconds: number };
  agents: AgentRun[];
  tool: ToolRun;
  text: string;
}

/** Leads a request through triage, a tool, an analyst and a writer, and keeps the state of each workflow. */
export class WorkflowOrchestrator {
  readonly #agents: AgentExecutionCore;
  readonly #tools: ToolDispatcher;
  readonly #measurements: Measurements;
  readonly #records = new WorkflowRecords();

  constructor(agents: AgentExecutionCore, tools: ToolDispatcher, measurements: Measurements) {
    this.#agents = agents;
    this.#tools = tools;
    this.#measurements = measurements;
  }

  /** Runs the whole workflow of a request. @throws ComponentError of whichever component failed */
  async run(scope: RequestScope, context: ExecutionContext, events: EventEmitter): Promise<WorkflowOutcome> {
    const path = scope.paths[NAME];
    const started = monotonicSeconds();
    const record = this.#records.open(scope.id, scope.user, path);
    try {
      const outcome = await this.#steps(scope, context, events, record);
      const seconds = monotonicSeconds() - started;
      this.#measurements.workflows.record(true, path);
      this.#measurements.workflowTime.record(seconds, path);
      return this.#report(scope, {
        ...outcome,
        workflow: { owner: record.owner, states: [...record.states], seconds },
      });
    } catch (error) {
      this.#measurements.workflows.record(false, path);
      throw error;
    } finally {
      this.#records.close(scope.id);
    }
  }

  async #steps(scope: RequestScope, context: ExecutionContext, events: EventEmitter, record: WorkflowRecord) {
    await scope.delayIfSlow(NAME);
    const triage = await this.#agents.run(scope, context, 'triage', scope.message, (_, message) => route(message));
    record.enter('triaged');
    this.#handOver(scope);
    const tool = await this.#tools.dispatch(scope, context, toolIn(triage.output), scope.message);
    record.enter('executing');
    this.#mixUpIfFaulty(scope, record);
    events.emit('workflow_executing', NAME, record.owner, { states: [...record.states] });
    events.emit('tool_completed', 'tool-dispatcher', tool.owner, { tool: tool.tool, decision: tool.decision });
    const finding = tool.result ?? `${tool.tool} is not permitted for ${tool.owner}`;
    const analyst = await this.#agents.run(scope, context, 'analyst', finding, (_, found) => `found ${found}`);
    record.enter('composing');
    const writer = await this.#agents.run(
      scope,
      context,
      'writer',
      analyst.output,
      ({ owner }, found) => `${owner}, on "${scope.message}": ${found}`
    );
    record.enter('completed');
    const agents = [triage, analyst, writer];
    this.#verify(scope, record, agents, finding);
    return { agents, tool, text: writer.output };
  }

  #handOver(scope: RequestScope): void {
    try {
      scope.failIfBroken(NAME);
    } catch (error) {
      this.#measurements.coordination.record(false, scope.paths[NAME]);
      this.#measurements.coordinationFailures.increment();
      throw error;
    }
  }

  /** Under `isolation-violation` the record of another user's workflow takes the place of this one's. */
  #mixUpIfFaulty(scope: RequestScope, record: WorkflowRecord): void {
    if (!scope.suffers('isolation-violation', NAME) || !scope.random.chance(MIX_UP_SHARE)) return;
    const foreign = this.#records.foreign(scope.user);
    if (foreign !== undefined) record.owner = foreign.owner;
  }

  /** Looks back at a finished workflow: whose record is it, did its states follow, did each agent get the right input? */
  #verify(scope: RequestScope, record: WorkflowRecord, agents: AgentRun[], finding: string): void {
    if (!isConsistent(record, scope.user)) this.#measurements.stateCorruptions.increment();
    const expected = [scope.message, finding, agents[1]?.output];
    const handedOver = agents.every((agent, index) => agent.received === expected[index]);
    this.#measurements.coordination.record(handedOver, scope.paths[NAME]);
    if (!handedOver) this.#measurements.coordinationFailures.increment();
  }

  #report(scope: RequestScope, outcome: WorkflowOutcome): WorkflowOutcome {
    if (!scope.smoke || !scope.suffers('failed-smoke', NAME)) return outcome;
    const { workflow, agents } = outcome;
    return {
      ...outcome,
      agents: agents.toReversed(),
      workflow: { ...workflow, states: workflow.states.toReversed() },
    };
  }
}

/** The triage agent's answer: the tool that the message asks for. */
function route(message: string): ToolName {
  if (/billing/i.test(message)) return 'export_billing';
  return /report/i.test(message) ? 'run_report' : 'search_handbook';
}

function toolIn(output: string): ToolName {
  const tool = TOOL_NAMES.find((name) => name === output);
  if (tool === undefined) throw new ComponentError(NAME, `triage named no tool but "${output}"`);
  return tool;
}
