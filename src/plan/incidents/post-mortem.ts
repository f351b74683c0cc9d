import type { LedgerEntry } from '../change.js';
import { describeChange, describeState } from '../ledger.js';
import type { IncidentInput } from '../run-input.js';
import { instantText, spanText } from '../text/spans.js';
import type { IncidentState } from './course.js';

/** Time to detect, decide, be safe, be verified: each in ms, or undefined while nobody can say. */
export interface IncidentFigures {
  /** The last change before it: what it is counted from. */
  change?: LedgerEntry;
  detectMs?: number;
  decideMs?: number;
  safeMs?: number;
  verifiedMs?: number;
}

/**
 * When it began nobody can say for sure: the time to detect counts from the last change before it, which is what most likely did
 * it. All others count from its opening. It is safe when everything that is taken back is undone, or else with its
 * resolution.
 */
export function figuresOf(
  { openedAt, rollback, resolution }: IncidentState,
  ledger: readonly LedgerEntry[]
): IncidentFigures {
  const change = ledger
    .filter(({ capturedAt }) => capturedAt <= openedAt)
    .toSorted((a, b) => a.capturedAt - b.capturedAt)
    .at(-1);
  const resolvedAt = resolution?.verdict === 'PASS' ? resolution.at : undefined;
  const takenBack = rollback !== undefined && rollback.state !== 'asked' && rollback.state !== 'declined';
  const since = (at: number | undefined): number | undefined =>
    at === undefined ? undefined : Math.max(0, at - openedAt);
  const figures = {
    detectMs: change && openedAt - change.capturedAt,
    decideMs: since(rollback?.decidedAt ?? resolvedAt),
    safeMs: since(takenBack ? (rollback.safeAt ?? rollback.endedAt) : resolvedAt),
    verifiedMs: since(takenBack && rollback.state === 'verified' ? rollback.endedAt : resolvedAt),
  };
  const known = Object.entries(figures).filter(([, ms]) => ms !== undefined);
  return { ...(change ? { change } : {}), ...(Object.fromEntries(known) as IncidentFigures) };
}

const unknown = 'nobody can say';

/** The draft of a post-mortem, in Markdown: the facts, in order; what only people know is left to them. */
export function postMortemDraft(
  input: IncidentInput,
  state: IncidentState,
  changed: LedgerEntry[] | { problem: string }
): string {
  const ledger = Array.isArray(changed) ? changed : [];
  const figures = figuresOf(state, ledger);
  const span = (ms: number | undefined): string => (ms === undefined ? unknown : spanText(ms));
  const { run, number, severity, title, reason, source, openedBy, phase } = input;
  const decided = [
    ...(state.acknowledged ? [[state.acknowledged.at, `${state.acknowledged.by} acknowledged`] as const] : []),
    ...(state.rollback?.decidedAt === undefined
      ? []
      : [[state.rollback.decidedAt, decisionOf(input, state.rollback)] as const]),
    ...(state.resolution
      ? [[state.resolution.at, `${state.resolution.by} resolved it: ${state.resolution.text}`] as const]
      : []),
  ];
  const lines = [
    `# Post-mortem: ${line(title)}`,
    '',
    `Incident ${number} of ${run.workflowId}, severity ${severity}. Drafted by phasegate from the timeline; causes, lessons and actions are for people to write.`,
    '',
    '## Figures',
    '',
    '| what | time | counted from |',
    '| --- | --- | --- |',
    `| time to detect | ${span(figures.detectMs)} | ${figures.change ? `the last change before it, ${figures.change.id}` : 'no change before it is known'} |`,
    `| time to decide | ${span(figures.decideMs)} | its opening |`,
    `| time to safe | ${span(figures.safeMs)} | its opening |`,
    `| time to verified | ${span(figures.verifiedMs)} | its opening |`,
    '',
    '## What was seen',
    '',
    `${instantText(state.openedAt)}: ${line(reason)} (source: ${source}, opened by ${line(openedBy)}${phase === undefined ? '' : `, phase ${phase}`})`,
    '',
    '## What changed',
    '',
    ...(Array.isArray(changed)
      ? ledger.map(
          ({ capturedAt, id, change, before }) =>
            `- ${instantText(capturedAt)} ${id}: ${line(describeChange(change))} (before: ${line(describeState(before))})`
        )
      : [`It could not be read: ${line(changed.problem)}`]),
    ...(Array.isArray(changed) && ledger.length === 0 ? ['Nothing was changed.'] : []),
    '',
    '## Who decided',
    '',
    ...decided.toSorted((a, b) => a[0] - b[0]).map(([at, text]) => `- ${instantText(at)} ${line(text)}`),
    '',
    '## Timeline',
    '',
    ...state.timeline.map(({ at, text }) => `- ${instantText(at)} ${line(text)}`),
    '',
    ...(state.warRoom
      ? [
          '## War room',
          '',
          ...state.warRoom.roles.map(({ title: role, person }) => `- ${line(role)}: ${person ?? 'nobody'}`),
          '',
        ]
      : []),
    ...checklist('## Procedure', state.warRoom?.steps ?? []),
    ...checklist('## Tasks', state.tasks),
    '## Cause, lessons, actions',
    '',
    'To be written.',
    '',
  ];
  return lines.join('\n');
}

/** Of severity 1 nobody had to decide it. Whoever asked the phase itself is known from its reason alone. */
function decisionOf({ reach: given }: IncidentInput, { by, reach }: NonNullable<IncidentState['rollback']>): string {
  const what = `take back ${reach === 'all' ? 'everything' : 'the component'}`;
  const who = by ?? (given === 'all' ? 'The plan' : undefined);
  return who === undefined ? `It was decided to ${what}: by whom, see the timeline` : `${who}: ${what}`;
}

function checklist(title: string, items: IncidentState['tasks']): string[] {
  if (items.length === 0) return [];
  const rows = items.map(
    ({ title: what, doneAt, by, note }) =>
      `- [${doneAt === undefined ? ' ' : 'x'}] ${line(what)}${doneAt === undefined ? '' : `, ${instantText(doneAt)} by ${by ?? 'nobody'}`}${note === undefined ? '' : `: ${line(note)}`}`
  );
  return [title, '', ...rows, ''];
}

/** What people wrote stays in its line and becomes no markup. */
function line(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/[\\`*_[\]<>|]/g, (char) => `\\${char}`);
}
