import { z } from 'zod';

/**
 * Who has it from an earlier attempt, by that attempt's heartbeat, so that nobody hears it twice.
 *
 * @param details the heartbeat, from anywhere: what is no list of names is none
 */
export function namesIn(details: unknown, list: 'delivered' | 'taken'): string[] {
  const heartbeat = z.record(z.string(), z.unknown()).safeParse(details);
  return names.safeParse(heartbeat.data?.[list]).data ?? [];
}

/** The same by channel, where a channel tells several. */
export function namesByChannel(details: unknown): Record<string, string[]> {
  return z.object({ taken: z.record(z.string(), names) }).safeParse(details).data?.taken ?? {};
}

const names = z.array(z.string());
