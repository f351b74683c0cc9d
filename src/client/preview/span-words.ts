import { parseDuration } from '../../plan/language/duration.js';
import { sure } from '../../plan/language/understood.js';
import type { TimeSpan } from '../../plan/model.js';
import { spanText } from '../../plan/text/spans.js';

/** A span as the plan writes it, and what really passes where the environment compresses time: `24h (here 10 min)`. */
export function spanWords({ ms, planned }: TimeSpan): string {
  return ms === sure(parseDuration(planned)) ? planned : `${planned} (here ${spanText(ms)})`;
}
