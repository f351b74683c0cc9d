import { parseOptions } from './options.js';
import { startPlatform } from './platform.js';

/** Runs the platform until SIGTERM or SIGINT. Prints one JSON line, `{"url","pid"}`, when it serves. */
async function main(): Promise<void> {
  const platform = await startPlatform(parseOptions(process.argv.slice(2)));
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    platform.stop().then(
      // Requests in the middle of a slow answer would keep the process for seconds.
      () => process.exit(0),
      fail
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.stdout.write(`${JSON.stringify({ url: platform.url, pid: process.pid })}\n`);
}

function fail(error: unknown): never {
  process.stderr.write(`chat platform: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

main().catch(fail);
