import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const ASK_TIMEOUT_MS = 20_000;
const NEEDED = { major: 1, minor: 26 } as const;

/** What the Go module of the Temporal server asks for. */
export const GO_NEEDED = `Go ${NEEDED.major}.${NEEDED.minor}`;

/**
 * Undefined when this Go is new enough to build the Temporal server, else the reason why not.
 *
 * @param go - path of the `go` command
 */
export async function tooOldGo(go: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const { stdout } = await promisify(execFile)(go, ['env', 'GOVERSION'], { env, timeout: ASK_TIMEOUT_MS });
  const match = /^go(\d+)\.(\d+)/.exec(stdout.trim());
  if (!match) {
    return `${go} does not tell its version (it said "${stdout.trim()}")`;
  }
  const [major, minor] = [Number(match[1]), Number(match[2])];
  const isEnough = major > NEEDED.major || (major === NEEDED.major && minor >= NEEDED.minor);
  return isEnough ? undefined : `${go} is ${match[0]}, but ${GO_NEEDED} or newer is needed`;
}
