import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { withBuildLock } from './build-lock.js';
import { cannotStart } from './server-errors.js';

const SAY_EVERY_MS = 30_000;
const TAIL_LINES = 12;

/** A program that `go install` builds from the Go module proxy. */
export interface GoProgram {
  /** What it is called in messages, such as "Temporal server". */
  readonly title: string;
  /** Its folder in the cache, with its version. */
  readonly folder: string;
  /** The package with its version, as `go install` takes it. */
  readonly package: string;
  /** The name that `go install` gives to the binary. */
  readonly binary: string;
  /** How long a build takes on two cores with nothing cached, in words. */
  readonly takes: string;
}

export interface GoBuildOptions {
  readonly go: string;
  readonly cacheFolder: string;
  readonly env: NodeJS.ProcessEnv;
  readonly log: (line: string) => void;
  /** Ends a build. */
  readonly signal?: AbortSignal;
}

/** Where the built program lies, or will lie. */
export function builtPath(program: GoProgram, cacheFolder: string): string {
  return path.join(cacheFolder, program.folder, program.binary);
}

/**
 * The path of the built program, built first when the cache does not have it.
 *
 * Only a finished build gets its place in the cache, in one rename; of several processes one builds, the others wait.
 *
 * @throws PhasegateError (PG409) with the end of the build's output when the build fails
 */
export async function goProgram(program: GoProgram, options: GoBuildOptions): Promise<string> {
  const built = builtPath(program, options.cacheFolder);
  if (existsSync(built)) {
    return built;
  }
  await mkdir(options.cacheFolder, { recursive: true });
  const waiting = () => options.log(`another process is building the ${program.title}; waiting for it`);
  return withBuildLock(`${path.dirname(built)}.lock`, waiting, async () => {
    if (!existsSync(built)) {
      await build(program, path.dirname(built), options);
    }
    return built;
  });
}

async function build(program: GoProgram, folder: string, options: GoBuildOptions): Promise<void> {
  const { log, cacheFolder } = options;
  const partialPrefix = `${program.folder}.partial-`;
  for (const name of await readdir(cacheFolder)) {
    if (name.startsWith(partialPrefix)) {
      await rm(path.join(cacheFolder, name), { recursive: true });
    }
  }
  const partial = await mkdtemp(path.join(cacheFolder, partialPrefix));
  const logFile = path.join(cacheFolder, `${program.folder}.build.log`);
  const started = Date.now();
  log(`building the ${program.title} from source (${program.package}), once, ${program.takes} …`);
  const timer = setInterval(() => {
    log(`still building the ${program.title} (${Math.round((Date.now() - started) / 1000)} s)`);
  }, SAY_EVERY_MS);
  try {
    await goInstall(program, partial, logFile, options);
    await rename(partial, folder);
    log(`built the ${program.title} in ${Math.round((Date.now() - started) / 1000)} s: ${folder}`);
  } finally {
    clearInterval(timer);
    await rm(partial, { recursive: true, force: true });
  }
}

async function goInstall(program: GoProgram, bin: string, logFile: string, options: GoBuildOptions): Promise<void> {
  const log = openSync(logFile, 'w');
  // Both the server and the UI install a binary named `server`, so each gets a GOBIN of its own.
  const child = spawn(options.go, ['install', program.package], {
    cwd: bin,
    env: { ...options.env, GOBIN: bin },
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  const end = (): void => void child.kill('SIGTERM');
  options.signal?.addEventListener('abort', end, { once: true });
  if (options.signal?.aborted) end();
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  if (code !== 0) {
    const tail = (await readFile(logFile, 'utf8')).trimEnd().split('\n').slice(-TAIL_LINES).join('\n  ');
    throw cannotStart(
      `The ${program.title} could not be built: go install ${program.package} ended with ${signal ?? code}:\n  ${tail}`,
      `The whole output: ${logFile}. It needs a reachable Go module proxy and about 4 GB for Go's caches.`
    );
  }
}
