import { Counter, Histogram, Registry } from 'prom-client';
import { FLAG_OF, type FlagKey, PATHS } from './components.js';
import { DeliveryTracker } from './delivery-tracker.js';
import {
  DurationMetric,
  exportGauge,
  GAUGE_SPAN,
  monotonicSeconds,
  OutcomeMetric,
  TwinCounter,
} from './metric-kinds.js';
import { SlidingWindow } from './sliding-window.js';

const SECONDS = [0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.75, 1, 1.5, 2, 3, 4, 5, 7.5, 10];
const LATENCY = [0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5];
const LAST = `over the last ${GAUGE_SPAN} s`;

export type Measurements = ReturnType<typeof createMeasurements>;

/**
 * Everything the platform measures about itself. Raw counters and histograms carry a `path` label (legacy or new), for
 * PromQL over any range; the gauges bear the names of the plan's metrics and are absent while nothing was measured.
 * Ratios run from 0 to 1; the rest is in seconds, bytes and counts.
 */
export function createMeasurements() {
  const registry = new Registry();
  const outcome = (
    counter: string,
    help: string,
    gauge?: string,
    options: { of?: 'good' | 'bad'; good?: string; bad?: string; label?: string } = {}
  ) => {
    const { of = 'good', good = 'ok', bad = 'error', label = 'result' } = options;
    const ratio = `Share that is ${of === 'good' ? good : bad}, ${LAST}: ${help}`;
    const gauges = gauge === undefined ? {} : { gauge: { name: gauge, help: ratio, of } };
    return new OutcomeMetric(registry, { counter, help, good, bad, label, ...gauges });
  };
  const twin = (raw: string, plan: string, help: string) => new TwinCounter(registry, [raw, plan], help);
  const violations = twin(
    'chat_isolation_violations_total',
    'user_isolation_violations',
    "Events that reached a client and carried another user's data, since the start"
  );
  const errorWindow = new SlidingWindow(GAUGE_SPAN, monotonicSeconds);
  exportGauge(registry, 'error_rate', `Share of chat requests answered 5xx, ${LAST}`, () => errorWindow.mean());
  const requests = new Counter({
    name: 'chat_http_requests_total',
    help: 'Chat requests by HTTP status code',
    labelNames: ['code'],
    registers: [registry],
  });
  for (const code of ['200', '400', '500']) requests.inc({ code }, 0);
  const evaluations = new Counter({
    name: 'chat_flag_evaluations_total',
    help: 'Evaluations of a migration flag that decided a request, by what they gave',
    labelNames: ['flag', 'result'],
    registers: [registry],
  });
  for (const flag of Object.values(FLAG_OF)) for (const result of ['on', 'off']) evaluations.inc({ flag, result }, 0);
  const evaluatedOff = new TwinCounter(
    registry,
    ['flag_evaluations_off'],
    'Evaluations of a migration flag that gave off, since the start'
  );
  const chatRequests = new TwinCounter(registry, ['chat_requests'], 'Chat requests since the start');

  return {
    registry,
    violations,
    goldenPath: outcome('chat_golden_path_total', 'Chat requests as their users saw them', 'golden_path_success_rate'),
    quality: outcome('chat_responses_total', 'Responses judged by content', 'chat_response_quality', {
      good: 'good',
      bad: 'bad',
      label: 'quality',
    }),
    agents: outcome('chat_agent_executions_total', 'Agent executions', 'agent_execution_success_rate'),
    validations: outcome(
      'chat_context_validations_total',
      'Validations of execution contexts',
      'context_validation_failures',
      { of: 'bad' }
    ),
    workflows: outcome('chat_workflows_total', 'Multi-agent workflows', 'workflow_success_rate'),
    coordination: outcome('chat_multi_agent_total', 'Workflows whose agents received what the agent before them gave'),
    tools: outcome('chat_tools_total', 'Tool executions', 'tool_success_rate'),
    connections: outcome('chat_ws_connections_total', 'WebSocket connection attempts', 'connection_success_rate'),
    responseTime: new DurationMetric(registry, {
      histogram: 'chat_response_seconds',
      help: 'Seconds from a chat request to its answer',
      buckets: SECONDS,
      gauge: { name: 'response_time_p95', help: `95th percentile of the response time in seconds, ${LAST}`, of: 'p95' },
    }),
    workflowTime: new DurationMetric(registry, {
      histogram: 'chat_workflow_seconds',
      help: 'Seconds that a workflow took',
      buckets: SECONDS,
      gauge: { name: 'workflow_duration', help: `Mean seconds of a workflow, ${LAST}`, of: 'mean' },
    }),
    coordinationFailures: new TwinCounter(
      registry,
      ['agent_coordination_failures'],
      'Broken hand-overs since the start'
    ),
    toolFailures: new TwinCounter(registry, ['tool_failures'], 'Failed tool executions since the start'),
    permissionFailures: new TwinCounter(
      registry,
      ['permission_failures'],
      'Wrong permission decisions since the start'
    ),
    stateCorruptions: twin(
      'chat_state_corruptions_total',
      'state_corruptions',
      'Workflow records with a wrong owner or an impossible sequence of states, since the start'
    ),
    permissionChecks: permissionCounter(registry),
    delivery: deliveryTracker(registry, violations),
    /** A flag was read for a request. */
    flagEvaluated(flag: FlagKey, on: boolean): void {
      evaluations.inc({ flag, result: on ? 'on' : 'off' });
      if (!on) evaluatedOff.increment();
    },
    /** One chat request was answered with this HTTP status. */
    requestAnswered(code: number): void {
      requests.inc({ code: String(code) });
      chatRequests.increment();
      errorWindow.add(code >= 500 ? 1 : 0);
    },
  };
}

function permissionCounter(registry: Registry): Counter {
  const counter = new Counter({
    name: 'chat_permission_checks_total',
    help: "Permission decisions; wrong ones contradict the user's role",
    labelNames: ['result', 'path'],
    registers: [registry],
  });
  for (const result of ['allowed', 'denied', 'wrong']) for (const path of PATHS) counter.inc({ result, path }, 0);
  return counter;
}

function deliveryTracker(registry: Registry, violations: TwinCounter): DeliveryTracker {
  const counter = (name: string, help: string) => {
    const created = new Counter({ name, help, labelNames: ['path'], registers: [registry] });
    for (const path of PATHS) created.inc({ path }, 0);
    return created;
  };
  const tracker = new DeliveryTracker({
    violations,
    sent: counter('chat_events_sent_total', 'Events meant for a connected, reporting client'),
    delivered: counter('chat_events_delivered_total', 'Events received by the client they were meant for'),
    deliveredInTime: counter('chat_events_delivered_within_1s_total', 'Events received within one second'),
    latency: new Histogram({
      name: 'chat_event_latency_seconds',
      help: 'Seconds from sending an event to its reception by the client',
      buckets: LATENCY,
      labelNames: ['path'],
      registers: [registry],
    }),
  });
  exportGauge(
    registry,
    'chat_isolation_affected_users',
    "Users whose data, or whose event, has reached somebody else's client since the start",
    () => tracker.affectedUsers()
  );
  const settled = 'of the events that have had a second to arrive';
  exportGauge(
    registry,
    'websocket_event_delivery_rate',
    `Share received, ${settled}`,
    () => tracker.rates()?.delivered
  );
  exportGauge(
    registry,
    'event_delivery_within_1s',
    `Share received in a second, ${settled}`,
    () => tracker.rates()?.inTime
  );
  exportGauge(registry, 'event_latency', `Mean seconds to reception, ${LAST}`, () => tracker.meanLatency());
  return tracker;
}
