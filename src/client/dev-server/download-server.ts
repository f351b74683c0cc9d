import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { temporalCacheFolder } from './cache-folder.js';
import { startCliServer } from './cli-server.js';
import { ServerOrigin } from './start-context.js';
import type { ServerSource, StartContext } from './start-context.js';

const REMEDY = 'Allow this machine to reach the download site of the Temporal CLI.';

/** A download that brings nothing for so long will not come. */
const STALL_MS = 15_000;
const LOOK_EVERY_MS = 500;

/**
 * The SDK downloads the CLI in order to start it at once. That runs in a process of its own: it can be given up, and it
 * leaves the SDK's runtime of this process, which can be set up only once, alone.
 */
const DOWNLOAD_SCRIPT = `
const [testing, downloadDir] = process.argv.slice(1);
const { TestWorkflowEnvironment } = await import(testing);
const executable = { type: 'cached-download', downloadDir };
try {
  const environment = await TestWorkflowEnvironment.createLocal({ server: { executable } });
  await environment.teardown();
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
`;

/** The `temporal` command that the SDK downloads, once, into the user's cache. */
export const downloadServer: ServerSource = {
  title: 'the Temporal CLI that the SDK downloads',
  isAtHand: (context) => {
    const sdk = findSdk();
    return sdk !== undefined && existsSync(downloadedCommand(sdk, context));
  },
  start: async (context) => {
    const sdk = findSdk();
    if (sdk === undefined) {
      return { reason: '@temporalio/testing is not installed', remedy: 'npm install @temporalio/testing' };
    }
    const command = downloadedCommand(sdk, context);
    if (!existsSync(command)) {
      const reason = await download(sdk.module, command, context);
      if (reason !== undefined) {
        return { reason, remedy: REMEDY };
      }
    }
    return { server: await startCliServer(command, ServerOrigin.download, context) };
  },
};

interface Sdk {
  readonly module: string;
  readonly version: string;
}

function findSdk(): Sdk | undefined {
  const require = createRequire(import.meta.url);
  try {
    const { version } = require('@temporalio/testing/package.json') as { version: string };
    return { module: require.resolve('@temporalio/testing'), version };
  } catch {
    return undefined;
  }
}

function downloadedCommand(sdk: Sdk, context: StartContext): string {
  return path.join(temporalCacheFolder(context.env), `cli-of-sdk-${sdk.version}`);
}

/** Undefined when `command` is there afterwards, else the reason why not. Nothing of a failed download is kept. */
async function download(testing: string, command: string, context: StartContext): Promise<string | undefined> {
  context.log('downloading the Temporal CLI, once, usually less than a minute …');
  const cacheFolder = path.dirname(command);
  await mkdir(cacheFolder, { recursive: true });
  const folder = await mkdtemp(path.join(cacheFolder, 'cli.partial-'));
  try {
    const reason = await runDownload(testing, folder, context.env);
    if (reason !== undefined) {
      return reason;
    }
    const name = (await readdir(folder)).find((file) => file.startsWith('temporal'));
    if (name === undefined) {
      return 'the download left no `temporal` command behind';
    }
    await rename(path.join(folder, name), command);
    return undefined;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function runDownload(testing: string, folder: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const child = spawn(
    process.execPath,
    ['--input-type=module', '--eval', DOWNLOAD_SCRIPT, pathToFileURL(testing).href, folder],
    { env, stdio: ['ignore', 'ignore', 'pipe'] }
  );
  const ended = new AbortController();
  const exited = once(child, 'exit').then(([code]) => {
    ended.abort();
    return code as number | null;
  });
  const complaint = text(child.stderr);
  const stalled = await stall(folder, ended.signal);
  if (stalled) {
    child.kill('SIGKILL');
    await exited;
    return `the download brought nothing for ${STALL_MS / 1000} s`;
  }
  return (await exited) === 0 ? undefined : readable(await complaint);
}

/** Waits until the process ended (false) or the folder did not grow for {@link STALL_MS} (true). */
async function stall(folder: string, ended: AbortSignal): Promise<boolean> {
  let size = -1;
  let grownAt = Date.now();
  while (!ended.aborted) {
    const now = await sizeOf(folder);
    if (now !== size) {
      size = now;
      grownAt = Date.now();
    } else if (Date.now() - grownAt > STALL_MS) {
      return true;
    }
    await delay(LOOK_EVERY_MS, undefined, { signal: ended }).catch(() => {});
  }
  return false;
}

async function sizeOf(folder: string): Promise<number> {
  const files = await readdir(folder, { recursive: true });
  const sizes = await Promise.all(
    files.map((file) =>
      stat(path.join(folder, file)).then(
        ({ size }) => size,
        // Downloads rename their parts.
        () => 0
      )
    )
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** The HTTP client repeats the address in every layer of its error; the innermost layer says what went wrong. */
function readable(complaint: string): string {
  const [line = ''] = complaint
    .replaceAll(/error sending request for url \([^)]*\):? ?/g, '')
    .trim()
    .split('\n');
  return line === '' ? 'the download failed without a word' : line;
}
