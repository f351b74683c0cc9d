import type { PhaseStatus, RollbackStatus, StepRecord } from '../../../plan/run-status.js';
import { partOf } from '../../timeline/timeline.js';
import type { Report } from '../build-report.js';

/** What a block on the time axis is. */
export type BlockKind = 'check' | 'change' | 'window' | 'person' | 'rollback';
export type BlockEnd = 'good' | 'failed' | 'on hold' | 'waived' | 'under way';

export interface Block {
  from: number;
  to: number;
  kind: BlockKind;
  end: BlockEnd;
}

export type MarkKind = 'approved' | 'rejected' | 'waived' | 'on hold' | 'failed' | 'rolled back';

export interface Row {
  label: string;
  /** How it stands, in a word or two. */
  state: string;
  from: number;
  to: number;
  blocks: Block[];
  marks: Array<{ at: number; kind: MarkKind }>;
}

const kinds: Readonly<Record<string, BlockKind>> = {
  flag: 'change',
  deploy: 'change',
  traffic: 'change',
  watch: 'window',
  approval: 'person',
  attest: 'person',
  task: 'person',
  kpi: 'person',
  'remove-flags': 'change',
};

/** A row for each phase and each rollback; times are epoch ms. */
export function timelineRows({ phases, rollbacks, madeAt }: Report): Row[] {
  return [
    ...phases.map((phase) => phaseRow(phase, madeAt)),
    ...rollbacks.map((rollback) => rollbackRow(rollback, madeAt)),
  ].toSorted((a, b) => a.from - b.from);
}

function phaseRow(phase: PhaseStatus, now: number): Row {
  const { steps, decisions, waivers, gates } = phase;
  return {
    label: phase.title,
    state: phase.state,
    from: phase.startedAt,
    to: phase.endedAt ?? now,
    blocks: steps.flatMap((step) => blockOf(step, now)),
    marks: [
      ...decisions.map(({ at, decision }) => ({
        at,
        kind: decision === 'approve' ? ('approved' as const) : ('rejected' as const),
      })),
      ...waivers.map(({ at }) => ({ at, kind: 'waived' as const })),
      ...gates
        .filter((gate) => gate.kind === 'hold')
        .map(({ openedAt }) => ({ at: openedAt, kind: 'on hold' as const })),
      ...steps.flatMap(({ state, endedAt }) =>
        state === 'failed' && endedAt !== undefined ? [{ at: endedAt, kind: 'failed' as const }] : []
      ),
    ],
  };
}

function rollbackRow(rollback: RollbackStatus, now: number): Row {
  const { startedAt, endedAt, gates, undos, checks } = rollback;
  const undone = undos.flatMap((undo) => undo.endedAt ?? []);
  const undoing = undos.length > 0 ? [{ from: startedAt, to: Math.max(startedAt, ...undone) }] : [];
  return {
    label: `Rollback (${partOf(rollback.workflowId).replace('rollback/', '')})`,
    state:
      endedAt !== undefined && !rollback.verified && !rollback.verifiedByRun
        ? `${rollback.state}, NOT verified`
        : rollback.state,
    from: startedAt,
    to: endedAt ?? now,
    blocks: [
      ...undoing.map((span): Block => ({
        ...span,
        kind: 'rollback',
        end: endedAt === undefined ? 'under way' : 'good',
      })),
      ...checks.flatMap((check) => blockOf(check, now)),
    ],
    marks: [
      ...gates.map(({ openedAt }) => ({ at: openedAt, kind: 'on hold' as const })),
      ...(endedAt === undefined ? [] : [{ at: endedAt, kind: 'rolled back' as const }]),
    ],
  };
}

function blockOf({ kind, state, criteria, window, startedAt, endedAt }: StepRecord, now: number): Block[] {
  if (startedAt === undefined) return [];
  const watched = criteria !== undefined || window !== undefined;
  return [
    {
      from: startedAt,
      to: endedAt ?? now,
      kind: kinds[kind] ?? (watched ? 'window' : 'check'),
      end: endOf(state),
    },
  ];
}

function endOf(state: StepRecord['state']): BlockEnd {
  if (state === 'passed') return 'good';
  if (state === 'failed' || state === 'on hold' || state === 'waived') return state;
  return 'under way';
}
