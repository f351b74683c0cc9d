/** What can go wrong in a demo, in which phase unless another is named, and how it is brought about. */
export const faultNames = [
  'isolation-violation',
  'slow-responses',
  'errors',
  'lost-events',
  'failed-deploy',
  'failed-smoke',
  'rejected',
  'metrics-down',
  'metrics-down-then-back',
] as const;
export type FaultName = (typeof faultNames)[number];

export interface DemoFault {
  name: FaultName;
  phase?: string;
}

const components: Record<string, string> = {
  '1a': 'agent-execution-core',
  '1b': 'workflow-orchestrator',
  '1c': 'tool-dispatcher',
  '1d': 'websocket-executor',
};
export const phaseIds = Object.keys(components);

const defaultPhase: Record<FaultName, string> = {
  'isolation-violation': '1c',
  'slow-responses': '1a',
  errors: '1b',
  'lost-events': '1d',
  'failed-deploy': '1b',
  'failed-smoke': '1c',
  rejected: '1a',
  'metrics-down': '1a',
  'metrics-down-then-back': '1a',
};

export function phaseOf(fault: DemoFault): string {
  return fault.phase ?? defaultPhase[fault.name];
}

/** Faults of the platform's code lie dormant in a component until its new path serves users. */
const inTheCode: readonly FaultName[] = [
  'isolation-violation',
  'slow-responses',
  'errors',
  'lost-events',
  'failed-deploy',
  'failed-smoke',
];

export function isInTheCode(fault: DemoFault): boolean {
  return inTheCode.includes(fault.name);
}

/** Tells the platform which faults it has now. */
export async function setFaults(platform: string, faults: readonly DemoFault[]): Promise<void> {
  const body = faults.map((fault) => ({
    name: fault.name === 'metrics-down-then-back' ? 'metrics-down' : fault.name,
    component: components[phaseOf(fault)],
  }));
  const response = await fetch(`${platform}/admin/faults`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ faults: body }),
  });
  if (!response.ok) throw new Error(`the platform did not take the fault: ${response.status} ${await response.text()}`);
}
