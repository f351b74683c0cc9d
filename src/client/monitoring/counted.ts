/** The series by which a rule knows since when a target of Prometheus has answered: its first scrape of the latest hour. */
export const scrapedSince = 'phasegate:target:scraped_since';

/** One grid for targets and counters: the first instant of both is the same where they came together. */
function firstSeen(stamps: string, step: string): string {
  return `min_over_time(${stamps}[{{elapsed}}:${step}])`;
}

/** Query of {@link scrapedSince}, in epoch seconds for each target. It is read once, not for each counter: there are many targets. */
export function scrapedSinceQuery(step: string): string {
  return `min by (job, instance) (${firstSeen('(timestamp(up) and up == 1)', step)})`;
}

/**
 * The query for how much the series of a counter rose together in the time that a rule looks back. The judge asks from a
 * change on, when it had just seen the series; a rule asks at every instant, also an hour after the series could not be
 * scraped. So of each series, in the order of the query: what it counted since it restarted; how far it rose above what
 * it last had before, or above 0 where its target had been scraped before it was there; above its first value where it
 * came with its target, so that nobody knows what is older: a new Prometheus, another name of an instance.
 *
 * @param scraped selector of {@link scrapedSince}
 */
export function riseInRule(counter: string, scraped: string, step: string): string {
  const since = `${counter}[{{elapsed}}]`;
  const base = `last_over_time(${counter}[{{elapsed}}] offset {{elapsed}})`;
  const [least, most] = [`min_over_time(${since})`, `max_over_time(${since})`];
  const born = `0 * (${firstSeen(`timestamp(${counter})`, step)} > on (job, instance) group_left () ${scraped})`;
  const counted = `((round(increase(${since})) > last_over_time(${since})) or last_over_time(${since}))`;
  const each = [
    `(${counted} and ${least} < ${base})`,
    `(${most} - (${base} or ${born}))`,
    `(${most} - ${least} unless resets(${since}) > 0)`,
    counted,
  ];
  return `sum(${each.join(' or ')}) and on () count(present_over_time(${counter}[{{range}}]) and ${counter})`;
}
