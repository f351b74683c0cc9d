import { misunderstood, understood } from './understood.js';
import type { Understood } from './understood.js';

/** What a wall clock shows: epoch ms as if it hung in UTC. `whole` is a day without a time. */
export interface Moment {
  wall: number;
  whole: boolean;
}

const day = 24 * 60 * 60 * 1000;

export const momentPattern = String.raw`^\d{4}-\d{2}-\d{2}(?:[ T]\d{2}:\d{2})?$`;
const written = new RegExp(momentPattern);

/** Reads `2026-12-20` or `2026-12-20 18:00`, in a time zone that is said elsewhere. */
export function parseMoment(text: string): Understood<Moment> {
  const wall = written.test(text) ? readWall(text) : undefined;
  if (wall === undefined) {
    return misunderstood(`"${text}" is no day or time`, 'write for example 2026-12-20 or 2026-12-20 18:00');
  }
  return understood({ wall, whole: text.length === 10 });
}

/** Where a blackout ends that is written so: behind the last of its days, or at the very time. */
export function endOf({ wall, whole }: Moment): number {
  return whole ? wall + day : wall;
}

/** `2026-12-20 18:00` of a wall clock. */
export function wallText(wall: number): string {
  return new Date(wall).toISOString().slice(0, 16).replace('T', ' ');
}

/** Undefined for a day or a time that does not exist, such as the 30th of February. */
function readWall(text: string): number | undefined {
  const full = text.length === 10 ? `${text}T00:00` : text.replace(' ', 'T');
  const wall = Date.parse(`${full}:00Z`);
  return !Number.isNaN(wall) && new Date(wall).toISOString().startsWith(full) ? wall : undefined;
}
