import type { WindowHeartbeat } from '../../activities/contract.js';
import { cleanDeep } from '../render/clean.js';
import type { Described } from './describe.js';
import type { LiveWindow, Trouble } from './snapshot.js';

/** What the activities under way of one workflow tell. */
export interface AtWork {
  windows: LiveWindow[];
  troubles: Trouble[];
  /** Task queues in which some wait for a worker. */
  waiting: string[];
}

export function atWork(described: Described): AtWork {
  const { workflowId, activities } = described;
  const windows = activities.flatMap(({ type, heartbeat, heartbeatAt }) =>
    type === 'watchWindow' && isHeartbeat(heartbeat)
      ? [{ workflowId, heartbeat: cleanDeep(heartbeat), at: heartbeatAt ?? 0 }]
      : []
  );
  const troubles = activities.flatMap(({ type, attempt, failure }) =>
    failure === undefined ? [] : [{ workflowId, activity: type, attempt, reason: cleanDeep(failure) }]
  );
  return { windows, troubles, waiting: activities.flatMap(({ waitsIn }) => waitsIn ?? []) };
}

function isHeartbeat(value: unknown): value is WindowHeartbeat {
  return typeof value === 'object' && value !== null && 'k' in value && 'state' in value && 'latest' in value;
}
