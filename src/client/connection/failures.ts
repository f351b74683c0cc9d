import { isGrpcServiceError } from '@temporalio/client';
import { PhasegateError } from '../../plan/errors.js';
import { attributesCommand } from './attributes-command.js';
import type { ConnectionSettings } from '../../connection/settings.js';

/** gRPC status codes that matter here. */
const deadlineExceeded = 4;
const invalidArgument = 3;
const notFound = 5;
const permissionDenied = 7;
const resourceExhausted = 8;
const failedPrecondition = 9;
const unavailable = 14;
const unauthenticated = 16;

/** PG401: where the server was looked for, who said so, and what to type. */
export function unreachable(settings: ConnectionSettings, cause: unknown): PhasegateError {
  const status = grpcStatus(cause);
  const refusedWho = status === permissionDenied || status === unauthenticated;
  const what = refusedWho ? 'does not let us in' : 'does not answer';
  return new PhasegateError('PG401', `the Temporal server at ${settings.address} ${what}: ${reasonOf(cause)}`, {
    where: `address from ${settings.addressSource}`,
    hint: refusedWho
      ? 'Check the key or certificate of the profile: phasegate doctor'
      : 'Start one with: phasegate server, or name the right one with TEMPORAL_ADDRESS=host:port or --profile NAME.',
    cause,
  });
}

/** The same for what a worker has to answer: nobody in time means that there is none. */
export function translateAsked(settings: ConnectionSettings, what: string, error: unknown): unknown {
  return grpcStatus(error) === deadlineExceeded ? new NoAnswer(what, error) : translate(settings, what, error);
}

/**
 * Failures of the connection become PG401, a namespace that was never prepared PG412; everything else is the caller's to
 * understand.
 */
export function translate(settings: ConnectionSettings, what: string, error: unknown): unknown {
  const status = grpcStatus(error);
  if (status === unavailable || status === permissionDenied || status === unauthenticated)
    return unreachable(settings, error);
  if (status === notFound && /namespace/i.test(reasonOf(error))) {
    return new PhasegateError(
      'PG401',
      `the Temporal server at ${settings.address} has no namespace ${settings.namespace}`,
      {
        where: `namespace from ${settings.namespaceSource}`,
        hint: 'Name the right one with --namespace or TEMPORAL_NAMESPACE.',
        cause: error,
      }
    );
  }
  if (status === invalidArgument && /search attribute/i.test(reasonOf(error))) {
    return new PhasegateError(
      'PG412',
      `namespace ${settings.namespace} of the Temporal server at ${settings.address} lacks search attributes: ${reasonOf(error)}`,
      { hint: `Add them: ${attributesCommand(settings.namespace)}`, cause: error }
    );
  }
  if (status === deadlineExceeded) {
    return new PhasegateError('PG401', `the Temporal server at ${settings.address} did not answer in time: ${what}`, {
      where: `address from ${settings.addressSource}`,
      hint: 'Try again; it may have been done all the same, so look first: phasegate list',
      cause: error,
    });
  }
  return error;
}

/** The server took a query or an update and no worker answered it in time. */
export class NoAnswer extends PhasegateError {
  constructor(what: string, cause?: unknown) {
    super('PG402', `no answer to: ${what}`, { cause });
    this.name = 'NoAnswer';
  }
}

export function isNotFound(error: unknown): boolean {
  return grpcStatus(error) === notFound || (error instanceof Error && error.name === 'WorkflowNotFoundError');
}

/** The server cannot do it as things stand, such as an update of a workflow that closes in the same moment. */
export function isNotReady(error: unknown): boolean {
  return grpcStatus(error) === failedPrecondition;
}

/** More is in flight than the server takes at once, such as ten updates of one workflow. */
export function isTooMuch(error: unknown): boolean {
  return grpcStatus(error) === resourceExhausted;
}

/**
 * No worker took a query. Whatever the server says about one, it says in many ways and with many codes; what it says for
 * certain is that there is no such workflow, or, with a worker's words, that the worker took it and cannot answer: its
 * workflow does not know the query, or cannot go on.
 */
export function isUntaken(error: unknown): boolean {
  if (error instanceof PhasegateError) return error instanceof NoAnswer;
  const status = grpcStatus(error);
  return status !== undefined && status !== invalidArgument && !isNotFound(error);
}

/** The status of the gRPC error in a chain of causes. */
function grpcStatus(error: unknown): number | undefined {
  for (let current = error; current instanceof Error; current = current.cause) {
    if (isGrpcServiceError(current)) return current.code;
  }
  return undefined;
}

/** What went wrong in the server's own words. */
export function reasonOf(error: unknown): string {
  for (let current = error; current instanceof Error; current = current.cause) {
    if (isGrpcServiceError(current) && current.details !== '') return current.details;
  }
  return error instanceof Error ? error.message : String(error);
}
