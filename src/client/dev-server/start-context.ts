import type { TemporalSettings } from './settings.js';

/** How a Temporal server came about. */
export const ServerOrigin = {
  /** It was there: TEMPORAL_ADDRESS or a profile names it. */
  existing: 'existing',
  /** Started with the `temporal` command on the PATH. */
  path: 'path',
  /** Started with the `temporal` command that the SDK downloads. */
  download: 'download',
  /** The official server, built with Go. */
  built: 'built',
} as const;
export type ServerOrigin = (typeof ServerOrigin)[keyof typeof ServerOrigin];

/** A Temporal server that answers, with the namespace and the search attributes of the settings. */
export interface TemporalServer {
  /** `host:port` of the gRPC frontend. */
  readonly address: string;
  readonly namespace: string;
  /** Where the Web UI is, when there is one that we know of. */
  readonly uiUrl?: string;
  readonly how: ServerOrigin;
  /** The server's process; undefined for one that was not started from here. */
  readonly pid: number | undefined;
  /** The server's log, for one that was started from here. */
  readonly logFile?: string;
  /** Settles when a server that was started from here has ended, wanted or not. */
  readonly exited?: Promise<unknown>;
  /** Stops what was started, and resolves when it is gone. May be called again. */
  stop(): Promise<void>;
}

/** What every way of starting a server needs to know. */
export interface StartContext {
  readonly settings: TemporalSettings;
  readonly namespace: string;
  readonly port: number | undefined;
  readonly uiPort: number | undefined;
  readonly ui: boolean;
  /** Absolute; in memory without one. */
  readonly dbFile: string | undefined;
  /** Absolute; exists. */
  readonly stateDir: string;
  readonly env: NodeJS.ProcessEnv;
  readonly log: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** The outcome of one way: a server, or the reason why this way is not open here and what would open it. */
export type Attempt = { readonly server: TemporalServer } | { readonly reason: string; readonly remedy: string };

/** One way to come by a Temporal server. */
export interface ServerSource {
  readonly title: string;
  /** Whether it needs nothing to be downloaded or built first. */
  isAtHand(context: StartContext): boolean;
  start(context: StartContext): Promise<Attempt>;
}
