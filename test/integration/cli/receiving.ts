import { onTestFinished } from 'vitest';
import { Running, type RunOptions } from './binary.js';

export const token = 'token-of-the-receiver-0123';
export const secret = 'secret-of-pagerduty-0123';
export const env = { PHASEGATE_RECEIVE_TOKEN: token, PD_SECRET: secret };

/** The real receiver on a free port, until the test ends. */
export async function receive(args: string[], options: RunOptions = {}): Promise<{ url: string; running: Running }> {
  const running = new Running(['receive', '--port', '0', ...args], { env, ...options });
  onTestFinished(async () => {
    running.process.kill('SIGTERM');
    await running.ended;
  });
  await running.says('receiver ready');
  return { url: running.stdout.trim(), running };
}
