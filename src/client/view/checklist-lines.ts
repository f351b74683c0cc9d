import type { Checklist, Phase } from '../../plan/model.js';
import { owedBy } from '../../plan/owed.js';
import type { Gate, PhaseStatus, StepRecord } from '../../plan/run-status.js';
import { parseAddress } from '../../plan/address.js';
import { counted } from '../../plan/text/spans.js';
import { symbolOf, toneOf, type AnyState } from '../render/states.js';
import { hanging, pad } from '../render/width.js';
import { line, type Line } from './line.js';
import type { View } from './view.js';

const indent = '    ';

/** The last attempt at each item of a checklist that was begun. */
function latestOf(list: Checklist, steps: readonly StepRecord[]): StepRecord[] {
  return list.items.flatMap((id) => steps.findLast((step) => step.id === id) ?? []);
}

/** A line for each checklist: how many of its items have passed. */
export function checklistLines(lists: readonly Checklist[], status: PhaseStatus, view: View): Line[] {
  const widest = Math.max(...lists.map((list) => list.title.length));
  return lists.map((list) => {
    const latest = latestOf(list, status.steps);
    const good = latest.filter((step) => step.state === 'passed' || step.state === 'waived').length;
    const waived = latest.filter((step) => step.state === 'waived').length;
    const na = latest.filter((step) => step.answer?.answer === 'not-applicable').length;
    const state = stateOf(list, latest);
    const remarks = [...(na > 0 ? [`${na} not applicable`] : []), ...(waived > 0 ? [`${waived} waived`] : [])];
    const text = `${good} of ${list.items.length} passed${remarks.length > 0 ? `, of them ${remarks.join(' and ')}` : ''}`;
    return line(
      `${indent}${symbolOf(state, view.paint)} ${pad(list.title, widest)}  ${view.paint(toneOf(state), text)}`
    );
  });
}

/** Items that somebody must see to: the others are counted. */
export function troubled(phase: Phase, status: PhaseStatus): StepRecord[] {
  const latest = (phase.checklists ?? []).flatMap((list) => latestOf(list, status.steps));
  return latest.filter((step) => step.state === 'on hold' || step.state === 'failed' || step.state === 'running');
}

function stateOf(list: Checklist, latest: readonly StepRecord[]): AnyState {
  for (const state of ['on hold', 'failed', 'waiting', 'running'] as const)
    if (latest.some((step) => step.state === state)) return state;
  if (latest.length < list.items.length) return 'pending';
  return latest.some((step) => step.state === 'waived') ? 'waived' : 'passed';
}

/** Who owes which items, and what to type, when there are too many to ask for them one by one. */
export function owedLines(gates: readonly Gate[], attest: (item: string) => Line[], view: View): Line[] {
  const phase = parseAddress(gates[0]?.address ?? '')?.phase ?? '';
  const owed = owedBy(gates);
  return [
    line(view.paint('warn', `◷ waiting for ${counted(gates.length, 'item')} of ${phase}`)),
    ...owed.flatMap(({ who, addresses }) =>
      hanging(
        `    ${who}: `,
        addresses.map((address) => parseAddress(address)?.step ?? address).join(', '),
        view.columns
      ).map((text) => line(text))
    ),
    ...attest(`${phase}/ITEM`),
  ];
}
