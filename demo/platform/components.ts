/** The four deploy targets, each with the flag that decides per user which path a request takes through it. */
export const FLAG_OF = {
  'agent-execution-core': 'ENABLE_AGENT_EXECUTION_CORE_MIGRATION',
  'workflow-orchestrator': 'ENABLE_WORKFLOW_ORCHESTRATOR_MIGRATION',
  'tool-dispatcher': 'ENABLE_TOOL_DISPATCHER_MIGRATION',
  'websocket-executor': 'ENABLE_WEBSOCKET_EXECUTOR_MIGRATION',
} as const;

export type ComponentName = keyof typeof FLAG_OF;
export type FlagKey = (typeof FLAG_OF)[ComponentName];

/** `legacy` shares DeepAgentState between requests; `new` gives every request a UserExecutionContext of its own. */
export type Path = 'legacy' | 'new';

export const PATHS: readonly Path[] = ['legacy', 'new'];

export const COMPONENT_NAMES: readonly ComponentName[] = [
  'agent-execution-core',
  'workflow-orchestrator',
  'tool-dispatcher',
  'websocket-executor',
];

/** The revision every component starts with. It does not contain the new path, whatever the flag says. */
export const FIRST_REVISION = 'legacy-1';

export function isComponentName(text: string): text is ComponentName {
  return Object.hasOwn(FLAG_OF, text);
}

/** One value per component, in the order of COMPONENT_NAMES. */
export function perComponent<T>(make: (name: ComponentName) => T): Record<ComponentName, T> {
  return {
    'agent-execution-core': make('agent-execution-core'),
    'workflow-orchestrator': make('workflow-orchestrator'),
    'tool-dispatcher': make('tool-dispatcher'),
    'websocket-executor': make('websocket-executor'),
  };
}
