import type { Cleanup, CleanupTask, FrozenPlan } from '../../plan/model.js';
import { namesInRoles } from '../../plan/people.js';
import type { Paint } from '../render/paint.js';
import { hanging, pad, widthOf } from '../render/width.js';

/** What is left to do after the run. */
export interface PreviewCleanup {
  title: string;
  remindEvery: string;
  groups: Array<{ title: string; when: string; tasks: PreviewTask[] }>;
}

export interface PreviewTask {
  id: string;
  title: string;
  owner: string;
  /** Who that is here. */
  people: string[];
  /** What is removed, and what must be so before. */
  removes?: string;
}

export function previewCleanup({ plan, environment }: FrozenPlan): PreviewCleanup | undefined {
  if (!plan.cleanup) return undefined;
  const { title, remindEvery, groups } = plan.cleanup;
  return {
    title,
    remindEvery: remindEvery.planned,
    groups: groups.map((group) => ({
      title: group.title,
      when: whenText(group.schedule),
      tasks: group.tasks.map((task) => ({
        id: task.id,
        title: task.title,
        owner: task.owner,
        people: namesInRoles(environment.people, [task.owner]),
        ...removal(task),
      })),
    })),
  };
}

function removal(task: CleanupTask): Pick<PreviewTask, 'removes'> {
  if (task.kind !== 'remove-flags') return {};
  const { length, criteria } = task.unread;
  const safe = `at 100 % and ${criteria.map(({ text }) => text).join(', ')} for ${length.planned}`;
  return { removes: `removes ${task.keys.join(', ')} when ${safe}; from then on there is no way back` };
}

/** `week 3`, `months 2-3`. */
function whenText({ unit, from, to }: Cleanup['groups'][number]['schedule']): string {
  return from === to ? `${unit} ${from}` : `${unit}s ${from}-${to}`;
}

/** What is left to do, by when and by whom. */
export function cleanupBlock(cleanup: PreviewCleanup | undefined, paint: Paint, columns: number): string[] {
  if (!cleanup) return [];
  const widest = Math.max(...cleanup.groups.flatMap(({ tasks }) => tasks.map(({ id }) => widthOf(id))));
  const indent = ' '.repeat(widest + 6);
  return [
    '',
    `${paint('strong', cleanup.title)}  ${paint('dim', `after the run; reminded every ${cleanup.remindEvery}`)}`,
    ...cleanup.groups.flatMap(({ title, when, tasks }) => [
      `  ${title} (${when})`,
      ...tasks.flatMap(({ id, title: what, owner, people, removes }) => [
        `    ${pad(id, widest)}  ${what}  ${paint('dim', `${owner}: ${people.join(', ') || 'nobody'}`)}`,
        ...(removes === undefined ? [] : hanging(indent, removes, columns).map((text) => paint('dim', text))),
      ]),
    ]),
  ];
}
