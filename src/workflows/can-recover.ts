import type { WindowState } from '../plan/judge.js';

/** Whether a HOLD ends by itself when data comes back; after the window's deadline only people can end it. */
export function canRecover(state: WindowState): boolean {
  return state.hold?.cause === 'data';
}
