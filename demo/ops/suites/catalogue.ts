import { criticalPath, multiAgent, stateTransitions, workflowOrchestrator } from './agents.js';
import { isolation } from './isolation.js';
import type { Suite } from './suite.js';
import { toolIntegration, toolPermissions, tools } from './tools.js';
import { realtime, wsBidirectional, wsConnect, wsDelivery, wsIntegration } from './websockets.js';

/** The smoke suites by the name that a plan calls them. */
export const SUITES: Readonly<Record<string, Suite>> = {
  isolation,
  'critical-path': criticalPath,
  'multi-agent': multiAgent,
  'state-transitions': stateTransitions,
  'workflow-orchestrator': workflowOrchestrator,
  tools,
  'tool-permissions': toolPermissions,
  'tool-integration': toolIntegration,
  'ws-connect': wsConnect,
  'ws-delivery': wsDelivery,
  'ws-bidirectional': wsBidirectional,
  'ws-integration': wsIntegration,
  realtime,
};
