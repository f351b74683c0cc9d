import type { FrozenPlan, Standing } from './model.js';
import { withArticle } from './text/spans.js';

/** Why a plan may not start where it is to start; undefined when it may. Only production asks. */
export function unfitForProduction({ plan, environment }: FrozenPlan): string | undefined {
  const { document } = plan;
  if (environment.kind !== 'production' || !document) return undefined;
  if (document.status !== 'ready') return 'the plan is a draft, which does not start in production';
  if (document.approval.by !== undefined) return undefined;
  return `the plan is not approved: ${withArticle(document.approval.role)} must approve it before it starts in production`;
}

/** `ready, kept by migration-architect, updated 2025-09-10, NOT approved yet (engineering-lead)` */
export function standingWords({ status, owner, updated, approval, nextReview }: Standing): string {
  const { role, by, on } = approval;
  return [
    status,
    `kept by ${owner}`,
    `updated ${updated}`,
    by === undefined ? `NOT approved yet (${role})` : `approved by ${by} (${role}) on ${on ?? 'an unknown day'}`,
    ...(nextReview === undefined ? [] : [`next review: ${nextReview}`]),
  ].join(', ');
}
