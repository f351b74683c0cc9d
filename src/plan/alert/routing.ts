import type { AlertInput } from '../run-input.js';
import type { AlertLevel, Channel } from '../model.js';
import type { AlertPatience, AlertState } from './course.js';

/** Where an environment's own channels are told, since the plan has no alerts. */
const remindEveryMs = 30 * 60_000;
/** A recovery is believed after a minute, and sooner where people are given less than five to answer. */
const longestQuietMs = 60_000;
const quietParts = 5;

type Asked = Pick<AlertInput, 'alerts' | 'environment'>;

export function patienceOf({ alerts, environment }: Asked, route: AlertLevel): AlertPatience {
  const spec = alerts?.routes[route];
  if (!spec) {
    const scale = environment.compression?.scale ?? 1;
    return {
      remindEvery: Math.max(1_000, Math.ceil(remindEveryMs / scale)),
      quiet: Math.max(1_000, Math.ceil(longestQuietMs / scale)),
    };
  }
  const { after, to } = spec.escalate;
  return {
    remindEvery: spec.remindEvery.ms,
    quiet: Math.min(longestQuietMs, Math.ceil(after.ms / quietParts)),
    ...(to.length > 0 ? { escalateAfter: after.ms } : {}),
  };
}

/**
 * Channels by which a level is told; those that the plan names and the environment does not have are `missing`. Where none
 * is left, and where the plan has no alerts, those of the environment's own news tell it.
 */
export function channelsOf(
  { alerts, environment }: Asked,
  route: AlertLevel
): { channels: Channel[]; missing: string[] } {
  const names = alerts?.routes[route].channels ?? [];
  const there = environment.channels ?? [];
  const channels = names.flatMap((name) => there.find((channel) => channel.name === name) ?? []);
  const missing = names.filter((name) => !there.some((channel) => channel.name === name));
  return { channels: channels.length > 0 ? channels : environment.notify, missing };
}

/** Roles and groups whom a message is for: with the next in line when it has come to them. */
export function recipientsOf({ alerts, environment }: Asked, { route, escalatedAt }: AlertState): string[] {
  const spec = alerts?.routes[route];
  if (!spec) return environment.people.map(({ name }) => name);
  return [...new Set([...spec.to, ...(escalatedAt === undefined ? [] : spec.escalate.to)])];
}
