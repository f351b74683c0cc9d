import type { Logger } from 'pino';
import type { Standing } from './deployment.js';

export interface RunWorkerOptions {
  /** Id of the environment whose activities this worker runs; absent: workflows only. */
  environment?: string;
  /** False: activities only, for a worker inside a production network. Default true. */
  workflows?: boolean;
  /** Folder that relative paths of the environment start from. Default: the current folder. */
  workdir?: string;
  /** Default: `$XDG_STATE_HOME/phasegate/evidence`. */
  evidenceDir?: string;
  /** Profile of the standard Temporal client configuration; address and namespace win over it. */
  profile?: string;
  address?: string;
  namespace?: string;
  /** Address of this machine that the health and metrics endpoint listens on. Default: loopback. */
  healthHost?: string;
  /** Its port; 0 picks a free one. Default 0. */
  healthPort?: number;
  /** `host:port` of the SDK's own Prometheus endpoint; absent: none. */
  sdkMetrics?: string;
  /** Make this build current although another one is. */
  promote?: boolean;
  /** At most so many windows at once. Default 1100. */
  windowSlots?: number;
  logger?: Logger;
  /** Called once, when every task queue is polled; `standing` is undefined for a worker without workflows. */
  onReady?: (ready: { healthUrl: string; buildId: string; queues: string[]; standing: Standing | undefined }) => void;
  /** Stops the worker; SIGINT and SIGTERM do so too. */
  signal?: AbortSignal;
}
