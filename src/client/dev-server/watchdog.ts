import { spawn } from 'node:child_process';

/**
 * Reads one line: it comes when the server was stopped in order. When the pipe closes without one, its other end died;
 * then nobody is left to stop the server, so the watchdog does.
 */
const SCRIPT = `
trap '' INT TERM HUP
if read -r line; then exit 0; fi
kill -TERM "$1" 2>/dev/null || exit 0
for try in 1 2 3 4 5 6 7 8 9 10; do
  sleep 1
  kill -0 "$1" 2>/dev/null || exit 0
done
kill -KILL "$1"
`;

/** The watch over one server process. */
export interface Watchdog {
  /** Ends the watch; the server lives on or has been stopped by somebody else. */
  dismiss(): void;
}

/**
 * Ends the process `pid` soon after this process died, however it died, SIGKILL included.
 *
 * A shell in a session of its own does that: whatever ends this process or its terminal does not reach it.
 */
export function watchOver(pid: number): Watchdog {
  const shell = spawn('/bin/sh', ['-c', SCRIPT, 'phasegate-watchdog', String(pid)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // A watchdog that could not start, or was killed, costs only the clean-up after a crash; it must not cause one.
  shell.on('error', () => {});
  shell.stdin.on('error', () => {});
  shell.unref();
  return {
    dismiss: () => {
      shell.stdin.end('stop\n');
    },
  };
}
