import { expect, it } from 'vitest';
import { phasegate } from './binary.js';

it('a worker whose --timeout is over hands its windows over and ends with 124', async () => {
  const args = ['worker', '--no-workflows', '--env', 'nowhere', '--timeout', '1s'];
  const { code, stdout, stderr } = await phasegate(args, { env: { PHASEGATE_LOG_LEVEL: 'info' } });
  expect(stdout + stderr).toContain('worker has stopped');
  expect(code).toBe(124);
});
