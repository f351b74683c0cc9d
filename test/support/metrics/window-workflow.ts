import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import type { WindowActivities, WindowInput, WindowResult } from '../../../src/activities/contract.js';

/** Nothing but one window, with the timeouts of the real workflows. */
export async function oneWindow(input: WindowInput): Promise<WindowResult> {
  const { watchWindow } = proxyActivities<WindowActivities>({
    startToCloseTimeout: '5 minutes',
    heartbeatTimeout: '12s',
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: { initialInterval: '1s', backoffCoefficient: 1 },
  });
  return watchWindow(input);
}
