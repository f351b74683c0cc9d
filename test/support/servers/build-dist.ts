import { execFile } from 'node:child_process';
import { mkdir, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { withBuildLock } from '../../../src/client/dev-server/build-lock.js';
import { isCi } from '../ci.js';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const DIST = path.join(ROOT, 'dist');
const SOURCES = ['src', 'demo', 'test/support', 'package.json', 'tsconfig.json'];

/**
 * Builds `dist/` when a source is newer, for the tests that run the real commands. `npm test` has built it already.
 *
 * A build with faults still leaves output, which is what somebody in the middle of a change wants to test; under CI it
 * ends the run.
 */
export async function setup(): Promise<void> {
  await mkdir(DIST, { recursive: true });
  const wait = () => process.stderr.write('another test run is building dist/; waiting for it\n');
  await withBuildLock(path.join(DIST, '.build.lock'), wait, async () => {
    const newestSource = Math.max(...(await Promise.all(SOURCES.map((name) => newest(path.join(ROOT, name))))));
    const compiled = await newest(path.join(DIST, 'src'));
    // The command line is a bundle of its own: compiling alone leaves the old one in place.
    if (newestSource > compiled || compiled > (await newest(path.join(DIST, 'cli')))) {
      await build();
    }
  });
}

async function build(): Promise<void> {
  try {
    await promisify(execFile)('npm', ['run', '-s', 'build'], { cwd: ROOT });
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    const report = `npm run build failed:\n${stdout}${stderr}`;
    if (isCi()) {
      throw new Error(report, { cause: error });
    }
    process.stderr.write(`${report}\nTesting what it left in dist/.\n`);
  }
}

/** The newest modification time (ms) in a file or folder; 0 when it is not there. */
async function newest(target: string): Promise<number> {
  const info = await stat(target).catch(() => undefined);
  if (info === undefined) {
    return 0;
  }
  if (!info.isDirectory()) {
    return info.mtimeMs;
  }
  const names = (await readdir(target)).filter((name) => name !== 'node_modules');
  return Math.max(0, ...(await Promise.all(names.map((name) => newest(path.join(target, name))))));
}
