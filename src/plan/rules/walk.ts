import type {
  ApprovalDocument,
  AttestDocument,
  CheckDocument,
  ChecklistItemDocument,
  KpiDocument,
  CleanupGroupDocument,
  CleanupTaskDocument,
  PhaseDocument,
  PreDeploymentDocument,
  StageDocument,
  StepDocument,
} from '../document/plan-document.js';
import { cleanupId, preDeploymentId } from '../names.js';
import type { Path } from '../loading/fault.js';
import type { Loose } from '../loading/loose.js';
import type { LoosePlan } from './rule.js';

export interface At<T> {
  path: Path;
  value: Loose<T>;
}

export interface PhaseAt extends At<PhaseDocument> {
  index: number;
}

/** The sound phases with their places; a phase that has faults keeps its index. */
export function phasesOf(plan: LoosePlan): PhaseAt[] {
  return listOf<PhaseDocument>(plan.phases, ['phases']);
}

export function stepsOf(phase: PhaseAt): Array<At<StepDocument> & { index: number }> {
  return listOf<StepDocument>(phase.value.steps, [...phase.path, 'steps']);
}

/** The long form of `success`, if it is written so. */
export function longSuccess(
  phase: PhaseAt
): Exclude<Loose<NonNullable<PhaseDocument['success']>>, unknown[]> | undefined {
  const { success } = phase.value;
  return success === undefined || Array.isArray(success) ? undefined : success;
}

/** Every check of the plan: before a phase, among its steps, in its success criteria, and after a rollback. */
export function checksOf(plan: LoosePlan): Array<At<CheckDocument> & { phase?: PhaseAt }> {
  return itemsOf(plan).flatMap(({ path, value, phase }) =>
    value.check === undefined ? [] : [{ path: [...path, 'check'], value: value.check, ...(phase ? { phase } : {}) }]
  );
}

export function attestsOf(plan: LoosePlan): Array<At<AttestDocument> & { phase?: PhaseAt }> {
  return itemsOf(plan).flatMap(({ path, value, phase }) =>
    value.attest === undefined ? [] : [{ path: [...path, 'attest'], value: value.attest, ...(phase ? { phase } : {}) }]
  );
}

type Item = { path: Path; value: { check?: Loose<CheckDocument>; attest?: Loose<AttestDocument> }; phase?: PhaseAt };

function itemsOf(plan: LoosePlan): Item[] {
  const inPhases = phasesOf(plan).flatMap((phase) =>
    [
      ...listOf<PhaseDocument['before'][number]>(phase.value.before, [...phase.path, 'before']),
      ...stepsOf(phase),
      ...listOf<PhaseDocument['before'][number]>(longSuccess(phase)?.checks, [...phase.path, 'success', 'checks']),
    ].map((item) => ({ ...item, phase }))
  );
  return [
    ...checklistItemsOf(plan),
    ...inPhases,
    ...stagesOf(plan).flatMap((stage) => stageItemsOf(stage)),
    ...listOf<PhaseDocument['before'][number]>(plan.rollback?.checks, ['rollback', 'checks']),
  ];
}

/** The checklists before all phases, with their places. */
export function checklistsOf(plan: LoosePlan): Array<At<PreDeploymentDocument['checklists'][number]>> {
  const { checklists } = plan['pre-deployment'] ?? {};
  return listOf<PreDeploymentDocument['checklists'][number]>(checklists, [preDeploymentId, 'checklists']);
}

export function checklistItemsOf(plan: LoosePlan): Array<At<ChecklistItemDocument>> {
  return checklistsOf(plan).flatMap(({ path, value }) =>
    listOf<ChecklistItemDocument>(value.items, [...path, 'items'])
  );
}

export type StageAt = At<StageDocument> & { index: number };

/** The stages of the validation, with their places. */
export function stagesOf(plan: LoosePlan): StageAt[] {
  return listOf<StageDocument>(plan.validation?.stages, ['validation', 'stages']);
}

export function stageItemsOf({ path, value }: StageAt): Array<At<StageDocument['items'][number]>> {
  return listOf<StageDocument['items'][number]>(value.items, [...path, 'items']);
}

export type KpiAt = At<KpiDocument> & { index: number };

export function kpisOf(plan: LoosePlan): KpiAt[] {
  return listOf<KpiDocument>(plan.kpis, ['kpis']);
}

/** The groups of tasks after the run, with their places. */
export function cleanupGroupsOf(plan: LoosePlan): Array<At<CleanupGroupDocument>> {
  return listOf<CleanupGroupDocument>(plan.cleanup?.groups, [cleanupId, 'groups']);
}

export function cleanupTasksOf(plan: LoosePlan): Array<At<CleanupTaskDocument>> {
  return cleanupGroupsOf(plan).flatMap(({ path, value }) =>
    listOf<CleanupTaskDocument>(value.tasks, [...path, 'tasks'])
  );
}

export function flagRemovalsOf(plan: LoosePlan): Array<At<NonNullable<CleanupTaskDocument['remove-flags']>>> {
  return cleanupTasksOf(plan).flatMap(({ path, value }) =>
    value['remove-flags'] ? [{ path: [...path, 'remove-flags'], value: value['remove-flags'] }] : []
  );
}

/** Every approval: `of` is the phase, or the stage before them, that it closes. */
export function approvalsOf(plan: LoosePlan): Array<At<ApprovalDocument> & { of: string }> {
  const closing = plan['pre-deployment']?.approval;
  const stage = closing ? [{ path: [preDeploymentId, 'approval'], value: closing, of: preDeploymentId }] : [];
  const rollback = plan.validation?.['rollback-approval'];
  const stages = rollback ? [{ path: ['validation', 'rollback-approval'], value: rollback, of: 'validation' }] : [];
  const ofPhases = phasesOf(plan).flatMap(({ path, value: { id = '', approval } }) =>
    approval ? [{ path: [...path, 'approval'], value: approval, of: id }] : []
  );
  return [...stage, ...ofPhases, ...stages];
}

/** The items of a list that are there, each with its index in the file. */
export function listOf<T>(
  list: ReadonlyArray<Loose<T> | undefined> | undefined,
  path: Path
): Array<At<T> & { index: number }> {
  return (list ?? []).flatMap((value, index) =>
    value === undefined || value === null ? [] : [{ path: [...path, index], value, index }]
  );
}

/** The entries of a record that are sound, and the names of all of them. */
export function namesOf(record: object | undefined): string[] {
  return Object.keys(record ?? {});
}
