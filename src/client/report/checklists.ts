import type { StepRecord } from '../../plan/run-status.js';
import type { RunSnapshot } from '../read/snapshot.js';

/** An item of a checklist with all attempts at it, the one that counts last: earlier ones were corrected or grew old. */
export interface ReportedItem {
  id: string;
  title: string;
  attempts: StepRecord[];
}

export interface ReportedChecklist {
  phase: string;
  title: string;
  items: ReportedItem[];
}

/** The checklists of the phases that have begun, in the plan's order, with every item of them. */
export function reportedChecklists({ frozen, phases }: RunSnapshot): ReportedChecklist[] {
  return phases.flatMap(({ phase: id, steps }) => {
    const planned = frozen.plan.phases.find((phase) => phase.id === id);
    const titleOf = (item: string): string => planned?.before.find((one) => one.id === item)?.title ?? item;
    return (planned?.checklists ?? []).map((list) => ({
      phase: id,
      title: list.title,
      items: list.items.map((item) => ({
        id: item,
        title: titleOf(item),
        attempts: steps.filter((step) => step.id === item),
      })),
    }));
  });
}
