import { parseArgs } from 'node:util';
import { faultNames, phaseIds, type DemoFault, type FaultName } from './faults.js';

export interface DemoOptions {
  fault: DemoFault | undefined;
  interactive: boolean;
  /** Read metrics from the platform's endpoint although Prometheus is there. */
  endpoint: boolean;
  port: number | undefined;
  uiPort: number | undefined;
  /** Keep the state folder (logs, evidence) at the end. */
  keep: boolean;
  help: boolean;
}

export const usage = `npm run demo -- [options]

  --fault NAME[@PHASE]  make the platform misbehave for real, in a phase
                        ${faultNames.join(', ')}
  --interactive         you give the approvals; it prints what to type
  --endpoint            read the platform's metrics endpoint although Prometheus is installed
  --port N, --ui-port N ports of the Temporal server and its UI (default: free ones)
  --keep                keep logs and evidence afterwards
  --help                this text

Exit code: the run's (0 completed, 3 failed before any change, 4 rolled back and verified, 9 rolled back but NOT verified).`;

/** @throws Error that says what is wrong and what is allowed */
export function parseDemoOptions(argv: readonly string[]): DemoOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      fault: { type: 'string' },
      interactive: { type: 'boolean', default: false },
      endpoint: { type: 'boolean', default: false },
      port: { type: 'string' },
      'ui-port': { type: 'string' },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const { fault, interactive, endpoint, keep, help } = values;
  return {
    fault: fault === undefined ? undefined : parseFault(fault),
    interactive,
    endpoint,
    keep,
    help,
    port: portOf('--port', values.port),
    uiPort: portOf('--ui-port', values['ui-port']),
  };
}

function parseFault(text: string): DemoFault {
  const [name = '', phase] = text.split('@');
  const known = faultNames.find((one): one is FaultName => one === name);
  if (!known) throw new Error(`--fault ${text}: there is no fault "${name}"; choose one of ${faultNames.join(', ')}`);
  if (phase !== undefined && !phaseIds.includes(phase)) {
    throw new Error(`--fault ${text}: there is no phase "${phase}"; choose one of ${phaseIds.join(', ')}`);
  }
  return { name: known, ...(phase === undefined ? {} : { phase }) };
}

function portOf(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new Error(`${option} ${text}: a port is a whole number from 1 to 65535`);
  return port;
}
