import { z } from 'zod';
import { alertOfDedupKey, runOfPageKey } from './names.js';
import { beginning, cleanLine } from './text/clean.js';
import type { AcknowledgedElsewhere } from './trouble.js';

/** PagerDuty's webhooks, version 3: what of them matters here. https://developer.pagerduty.com/docs/webhooks-overview */
const payload = z.looseObject({
  event: z.looseObject({
    event_type: z.string(),
    agent: z.looseObject({ summary: z.string().optional() }).nullish(),
    data: z.looseObject({ incident_key: z.string().nullish() }),
  }),
});

export type ReadPagerDuty =
  | { ok: true; acknowledged: { alert: string; message: AcknowledgedElsewhere } }
  /** Everything of the run that is open and has this page. */
  | { ok: true; acknowledged: { run: string; message: AcknowledgedElsewhere } }
  | { ok: true; ignored: string }
  | { ok: false; problem: string };

/** Reads what PagerDuty posts: that somebody acknowledged an incident of ours there. Everything else says nothing. */
export function readPagerDuty(raw: unknown): ReadPagerDuty {
  const parsed = payload.safeParse(raw);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue && issue.path.length > 0 ? `${issue.path.join('.')} ` : '';
    return { ok: false, problem: `no webhook of PagerDuty: ${where}${issue?.message ?? 'has the wrong shape'}` };
  }
  const { event_type: type, agent, data } = parsed.data.event;
  if (type !== 'incident.acknowledged') return { ok: true, ignored: `${type} is not heard` };
  const key = data.incident_key ?? '';
  const by = beginning(cleanLine(agent?.summary ?? ''), 200) || 'somebody';
  const message = { by, via: 'PagerDuty' } as const;
  const run = runOfPageKey(key);
  if (run !== undefined) return { ok: true, acknowledged: { run, message: { ...message, page: key } } };
  const alert = alertOfDedupKey(key);
  if (alert === undefined) return { ok: true, ignored: 'it is no incident of phasegate' };
  return { ok: true, acknowledged: { alert, message } };
}
