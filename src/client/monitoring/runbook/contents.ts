import { namesInRoles } from '../../../plan/people.js';
import { standingWords } from '../../../plan/standing.js';
import { cleanupId, remarksOf } from '../../../plan/names.js';
import { componentLine, rollbackLine } from '../../../plan/text/command-lines.js';
import { shellWord } from '../../../plan/text/shell-word.js';
import { spanWords } from '../../preview/span-words.js';
import type { Subject } from '../subject.js';
import { alertBlocks } from './alerts.js';
import {
  checklist,
  heading,
  list,
  strong,
  tableOf,
  text,
  typedThere,
  type Block,
  type RunbookDocument,
} from './blocks.js';
import { incidentBlocks } from './incidents.js';
import { phaseBlocks } from './phases.js';

/** All that people need on paper while a plan runs in an environment. */
export function runbookOf(subject: Subject, remarks: readonly string[]): RunbookDocument {
  const { plan, environment, digest } = subject.frozen;
  const deployment = plan.phases.filter(({ stage }) => !stage);
  const stages = plan.phases.filter(({ stage }) => stage);
  return {
    title: `Runbook: ${plan.title}`,
    subtitle: `In ${environment.title} (${environment.id}, ${environment.kind}); plan ${plan.id}, ${digest}. Made by: phasegate render`,
    blocks: [
      text(plan.description),
      ...(plan.document ? [text(`The plan is ${standingWords(plan.document)}.`)] : []),
      ...remarksOf(environment).map((remark): Block => strong(`Note: ${remark}`)),
      ...people(subject),
      ...commands(subject),
      heading(2, 'Phases', 'phases'),
      ...phaseBlocks(deployment, environment),
      ...wayBack(subject),
      ...alertBlocks(subject),
      ...incidentBlocks(subject),
      ...(stages.length > 0 ? [heading(2, 'Validation', 'validation'), ...phaseBlocks(stages, environment)] : []),
      ...left(subject, remarks),
    ],
  };
}

function people({ frozen }: Subject): Block[] {
  const { plan, environment } = frozen;
  const rows = Object.entries(plan.roles).map(([role, title]) => {
    const known = environment.people.filter((person) => person.roles.includes(role));
    const who = known.map(({ name, title: full, email }) => `${full} (${[name, email].filter(Boolean).join(', ')})`);
    return [title, role, who.join('; ') || 'nobody', environment.contacts?.[role] ?? ''];
  });
  const groups = Object.entries(environment.contacts ?? {}).filter(([name]) => plan.roles[name] === undefined);
  return [
    heading(2, 'Who', 'who'),
    ...tableOf(
      ['who', 'role', 'people', 'contact'],
      [...rows, ...groups.map(([name, address]) => [name, 'group', '', address])]
    ),
  ];
}

function commands({ frozen }: Subject): Block[] {
  const { plan, environment, vars } = frozen;
  const given = Object.entries(vars).map(([name, value]) => ` --var ${name}=${shellWord(value)}`);
  const run = `${environment.id}/${plan.id}`;
  return [
    heading(2, 'Commands', 'commands'),
    text('HOST:PORT is where Temporal is, NAME is you, as the environment lists you.'),
    typedThere(
      `phasegate plan PLAN --env ${environment.id}${given.join('')}`,
      `phasegate start PLAN --env ${environment.id}${given.join('')} --as NAME`,
      `phasegate status ${run}`,
      `phasegate watch ${run}`,
      `phasegate list --awaiting NAME`,
      `phasegate approve ${run} --as NAME`,
      `phasegate attest --as NAME`,
      `phasegate attest ITEM ${run} --answer done --as NAME`,
      `phasegate pause ${run} --reason "why" --as NAME`,
      `phasegate resume ${run} --as NAME`,
      `phasegate retry ${run} --reason "why" --as NAME`,
      `phasegate waive ${run} --reason "why" --as NAME`,
      `${rollbackLine(run)} --as NAME`,
      `phasegate report ${run} --out report.html`,
      `phasegate doctor --env ${environment.id}`
    ),
  ];
}

function wayBack({ frozen }: Subject): Block[] {
  const { plan, environment } = frozen;
  const { metrics, window, checks } = plan.rollback;
  const closed = plan.phases.flatMap(({ id, steps }) =>
    steps.flatMap((step) =>
      'cannotUndo' in step && step.cannotUndo !== undefined ? [`${id}/${step.id}: ${step.cannotUndo}`] : []
    )
  );
  const run = `${environment.id}/${plan.id}`;
  const waivers = namesInRoles(environment.people, plan.waivers).join(', ') || 'nobody';
  return [
    heading(2, 'The way back', 'way-back'),
    text(
      'A step or criterion that fails takes back its phase and stops the run. A person, or a red metric that is critical, takes back everything, newest phase first; with --phase PHASE a person takes back only the phase under way, or that of an incident with those that depend on it. What exposes users is undone before all else.'
    ),
    typedThere(
      `${rollbackLine(run)} --as NAME`,
      `${componentLine(run, 'PHASE')} --as NAME`,
      `phasegate takeover ENTRY ${run} --reason "done by hand" --as NAME`
    ),
    text('ENTRY is what status shows of an undo, such as 1a/enable#1.'),
    text(
      `It counts as verified when ${metrics.join(', ') || 'no metric'} stayed inside their targets for ${spanWords(window.length)}, within ${spanWords(window.deadline)}, and these checks passed: ${checks.map(({ title }) => title).join(', ') || 'none'}.`
    ),
    text(
      `What could not be judged is on hold: somebody decides within ${spanWords(plan.hold.deadline)}, else it is taken back. A gate may be waived by ${plan.waivers.join(', ') || 'no role'} (${waivers}).`
    ),
    ...(closed.length > 0
      ? [strong('Behind these steps the way back is closed:'), list(closed)]
      : [text('Every step of this plan can be undone.')]),
  ];
}

function left({ frozen }: Subject, remarks: readonly string[]): Block[] {
  const { cleanup } = frozen.plan;
  return [
    ...(cleanup
      ? [
          heading(2, 'Afterwards', 'afterwards'),
          ...cleanup.groups.flatMap(({ title, tasks }): Block[] => [
            strong(title),
            checklist(tasks.map(({ id, title: what, owner }) => `${cleanupId}/${id}: ${what} (${owner})`)),
          ]),
        ]
      : []),
    ...(remarks.length > 0
      ? [heading(2, 'What is not rendered, or left to fill in', 'not-rendered'), list(remarks)]
      : []),
  ];
}
