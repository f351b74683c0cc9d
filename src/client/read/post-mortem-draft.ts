import { z } from 'zod';
import { PhasegateError } from '../../plan/errors.js';
import { incidentAddressOf } from '../../plan/names.js';
import type { IncidentStatus } from '../../plan/watch-status.js';
import type { Link } from '../connection/link.js';
import { readEvidence } from './evidence.js';
import type { RunRef } from './snapshot.js';

const stored = z.looseObject({ document: z.looseObject({ markdown: z.string() }) });

/**
 * The draft of a post-mortem, as Markdown.
 *
 * @param withinMs how long a worker of the environment has to hand it over
 * @throws PhasegateError PG310 when there is none yet, or it cannot be read
 */
export async function readDraft(
  link: Link,
  { workflowId }: RunRef,
  { number, postMortem: { draft } }: IncidentStatus,
  withinMs: number
): Promise<string> {
  const where = `${workflowId}/${incidentAddressOf(number)}`;
  if (!draft) {
    const hint = 'It is drafted when the incident is resolved.';
    throw new PhasegateError('PG310', 'the post-mortem is not drafted yet', { where, hint });
  }
  const environment = workflowId.split('/')[1] ?? '';
  const found = (await readEvidence(link, environment, [draft], withinMs))[draft.digest];
  if (!found || 'problem' in found) {
    const problem = found?.problem ?? 'nobody handed it over';
    throw new PhasegateError('PG310', `the draft ${draft.digest} cannot be read: ${problem}`, { where });
  }
  const parsed = stored.safeParse(JSON.parse(found.text));
  if (parsed.success) return parsed.data.document.markdown;
  throw new PhasegateError('PG310', `the draft ${draft.digest} is none`, { where, cause: parsed.error });
}
