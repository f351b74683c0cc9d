import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { startCliServer } from './cli-server.js';
import { reasonOf } from './server-errors.js';
import { findOnPath } from './find-on-path.js';
import { ServerOrigin } from './start-context.js';
import type { ServerSource } from './start-context.js';

const ASK_TIMEOUT_MS = 10_000;
const REMEDY = 'Install the Temporal CLI and put its `temporal` command on the PATH.';

/** The `temporal` command on the PATH. */
export const pathServer: ServerSource = {
  title: '`temporal` on the PATH',
  isAtHand: (context) => findOnPath('temporal', context.env) !== undefined,
  start: async (context) => {
    const command = findOnPath('temporal', context.env);
    if (command === undefined) {
      return { reason: 'there is none', remedy: REMEDY };
    }
    const version = await versionOf(command, context.env);
    if (!version.startsWith('temporal version')) {
      return { reason: `${command} is not the Temporal CLI (its version: ${version})`, remedy: REMEDY };
    }
    return { server: await startCliServer(command, ServerOrigin.path, context) };
  },
};

async function versionOf(command: string, env: NodeJS.ProcessEnv): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(command, ['--version'], { env, timeout: ASK_TIMEOUT_MS });
    return stdout.trim().split('\n')[0] ?? '';
  } catch (error) {
    return reasonOf(error);
  }
}
