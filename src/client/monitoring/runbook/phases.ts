import type { ApprovalSpec, Environment, Phase, Step, WindowSpec } from '../../../plan/model.js';
import { namesInRoles } from '../../../plan/people.js';
import { scheduleText } from '../../../plan/text/schedule.js';
import { describeStep } from '../../preview/describe-step.js';
import { spanWords } from '../../preview/span-words.js';
import { checklist, heading, strong, tableOf, text, type Block } from './blocks.js';

/** Each phase and stage: when it may begin, what must be true, what is done and how it is taken back, who must agree. */
export function phaseBlocks(phases: readonly Phase[], environment: Environment): Block[] {
  return phases.flatMap((phase) => [
    heading(3, `${phase.id}: ${phase.title}`, `phase-${phase.id}`),
    ...begins(phase),
    ...itemsBefore(phase, environment),
    ...steps(phase),
    ...judged('Success criteria', phase.success),
    ...named('Also needed', phase.successChecks),
    ...(phase.approval ? [text(approvalWords('Approval', phase.approval, environment))] : []),
    ...judged('Soak', phase.soak),
    ...(phase.stage?.rollbackApproval
      ? [text(approvalWords('Before everything is taken back', phase.stage.rollbackApproval, environment))]
      : []),
  ]);
}

function begins({ after, schedule, stage }: Phase): Block[] {
  const when = [
    ...(after.length > 0 ? [`after ${after.join(', ')}`] : []),
    ...(schedule ? [scheduleText(schedule)] : []),
    ...(stage ? [`from ${spanWords(stage.from)} to ${spanWords(stage.to)} after ${stage.since} has completed`] : []),
  ].filter((part) => part !== '');
  return when.length > 0 ? [text(`Begins ${when.join(', ')}.`)] : [];
}

/** Grouped as the plan's checklists group them. */
function itemsBefore({ id: phase, before, checklists }: Phase, environment: Environment): Block[] {
  const words = (item: Step): string => `${phase}/${item.id}: ${item.title}: ${doer(item, environment)}`;
  if (!checklists) return before.length > 0 ? [text('Before it begins:'), checklist(before.map(words))] : [];
  return checklists.flatMap(({ title, items }): Block[] => [
    strong(title),
    checklist(before.filter(({ id }) => items.includes(id)).map(words)),
  ]);
}

function doer(item: Step, { people }: Environment): string {
  const { does } = describeStep(item);
  return item.kind === 'attest'
    ? `${does} (${namesInRoles(people, [item.by]).join(', ') || 'nobody has this role'})`
    : does;
}

function steps({ id: phase, steps: all }: Phase): Block[] {
  return tableOf(
    ['step', 'what', 'does', 'when it fails', 'way back'],
    all.map((step) => {
      const { does, undo, cannotUndo } = describeStep(step);
      const back = cannotUndo === undefined ? (undo ?? 'changes nothing') : `NONE: ${cannotUndo}`;
      return [
        `${phase}/${step.id}`,
        step.title,
        does,
        step.onFail === 'hold' ? 'hold: people decide' : 'the phase is taken back',
        back,
      ];
    })
  );
}

function judged(title: string, window: WindowSpec | undefined): Block[] {
  if (!window) return [];
  const { length, criteria, deadline } = window;
  return [
    text(
      `${title}, for ${spanWords(length)}, at most ${spanWords(deadline)}: ${criteria.map((each) => each.text).join(', ')}.`
    ),
  ];
}

function named(title: string, items: readonly Step[]): Block[] {
  if (items.length === 0) return [];
  return [text(`${title}: ${items.map((item) => `${item.title} (${describeStep(item).does})`).join('; ')}.`)];
}

function approvalWords(title: string, approval: ApprovalSpec, { people }: Environment): string {
  const { roles, needs, expires, onExpiry, escalate, allowStarter } = approval;
  const who = Object.entries(roles).map(
    ([role, many]) => `${many} of ${role} (${namesInRoles(people, [role]).join(', ') || 'nobody has this role'})`
  );
  const joined = who.join(needs === 'any' ? ' or ' : ' and ');
  const next = escalate ? ` After ${spanWords(escalate.after)} without an answer ${escalate.to} is asked as well.` : '';
  const starter = allowStarter ? '' : ' Whoever started the run does not count.';
  const end = onExpiry === 'hold' ? 'it is on hold' : 'it is taken back';
  return `${title}: ${joined}, within ${spanWords(expires)}, else ${end}.${next}${starter}`;
}
