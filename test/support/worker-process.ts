import { resolve } from 'node:path';
import { spawnServer, type ServerProcess } from '../../src/client/dev-server/process.js';

interface WorkerProcess {
  temporal: { address: string; namespace: string };
  /** Of the target environment that it works for; undefined: workflows only. */
  environmentId?: string | undefined;
  /** Its state, and where its commands run. */
  folder: string;
  logFile: string;
  /** Workflows of its own build come to it, unless it has activities only. */
  activitiesOnly?: boolean;
  more?: readonly string[];
  program?: string;
}

/** `phasegate worker` as a process of its own, for tests that kill it; ready when this returns, and its build in `ready`. */
export function spawnWorker({
  temporal: { address, namespace },
  environmentId,
  folder,
  logFile,
  activitiesOnly = false,
  more = [],
  program = resolve('bin/phasegate.js'),
}: WorkerProcess): Promise<ServerProcess> {
  return spawnServer({
    name: 'worker',
    command: process.execPath,
    args: [
      program,
      'worker',
      ...(environmentId === undefined ? [] : ['--env', environmentId]),
      activitiesOnly ? '--no-workflows' : '--promote',
      ...more,
      '--workdir',
      folder,
    ],
    env: { ...process.env, TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace, XDG_STATE_HOME: folder },
    logFile,
    ready: { line: /worker ready: .*; build (?<build>\w+);/ },
  });
}
