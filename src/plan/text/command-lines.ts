import { incidentAddressOf } from '../names.js';

/** A run on a command line: its workflow id without the part that all have in common. */
export function runName(workflowId: string): string {
  return workflowId.replace(/^migration\//, '');
}

/**
 * The command that takes a run back or finishes its rollback, as it can be typed. It asks for the environment's id by
 * itself: a line to paste must not answer that for whoever pastes it.
 *
 * @param run workflow id or run id
 */
export function rollbackLine(run: string): string {
  return `phasegate rollback ${runName(run)} --reason "why"`;
}

/** The command that takes back the component of an incident, by its phase, as it can be typed. */
export function componentLine(run: string, phase: string): string {
  return `phasegate rollback ${runName(run)} --phase ${phase} --reason "why"`;
}

/** The command that acknowledges an alert of a run, as it can be typed. */
export function alertAckLine(run: string, key: string): string {
  return `phasegate alert ack ${runName(run)}/${key}`;
}

/** The commands that find an incident of a run and acknowledge it, where its number is not known. */
export function incidentAckLines(run: string): string {
  const name = runName(run);
  return `phasegate incident list ${name}, then phasegate incident ack INCIDENT ${name}`;
}

/** The command that declares an incident of a run by a cause of its plan, as it can be typed. */
export function declareLine(run: string, cause: string): string {
  return `phasegate incident declare ${runName(run)} --cause ${cause} --reason "what is wrong"`;
}

/** The command that says that an incident of a run is resolved, as it can be typed. */
export function resolveLine(run: string, number: number): string {
  return `phasegate incident resolve ${incidentAddressOf(number)} ${runName(run)} --reason "what resolved it"`;
}

/** The command that says that the post-mortem of an incident is done, as it can be typed. */
export function postMortemLine(run: string, number: number): string {
  return `phasegate incident postmortem ${incidentAddressOf(number)} ${runName(run)} --link "https://…"`;
}

/** The command that brings back a workflow that somebody ended from outside, as it was, as it can be typed. */
export function bringBackLine(workflowId: string): string {
  return `temporal workflow reset --workflow-id ${workflowId} --type LastWorkflowTask --reason "why"`;
}

/** Where {@link rollbackLine} is meant for scripts too: what they add, since nobody can be asked there. */
export function confirmRemark(environment: string): string {
  return `(without a terminal add --confirm ${environment})`;
}
