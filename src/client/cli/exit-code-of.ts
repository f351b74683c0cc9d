import type { ErrorCode } from '../../plan/errors.js';
import { exitCodes, type ExitCode } from '../../plan/outcome.js';

const special: Partial<Record<ErrorCode, ExitCode>> = {
  PG209: exitCodes.notFound,
  PG207: exitCodes.usage,
  PG211: exitCodes.usage,
  PG212: exitCodes.usage,
  PG221: exitCodes.usage,
  PG222: exitCodes.notFound,
  PG223: exitCodes.notFound,
  PG224: exitCodes.notFound,
  PG310: exitCodes.notFound,
  PG401: exitCodes.unreachable,
  PG402: exitCodes.unreachable,
  PG403: exitCodes.notFound,
  PG404: exitCodes.usage,
  PG405: exitCodes.usage,
  PG406: exitCodes.usage,
  PG407: exitCodes.usage,
  PG408: exitCodes.timeout,
  PG409: exitCodes.unreachable,
  PG410: exitCodes.usage,
  PG411: exitCodes.usage,
  PG412: exitCodes.unreachable,
  PG413: exitCodes.usage,
  PG414: exitCodes.usage,
  PG430: exitCodes.usage,
  PG431: exitCodes.usage,
  PG432: exitCodes.usage,
  PG451: exitCodes.notAllowed,
  PG453: exitCodes.usage,
  PG454: exitCodes.usage,
  PG420: exitCodes.usage,
  PG441: exitCodes.usage,
  PG442: exitCodes.usage,
  PG440: exitCodes.usage,
  PG443: exitCodes.notFound,
  PG444: exitCodes.usage,
  PG445: exitCodes.notAllowed,
};

/** The exit code of an error: bad input is 2, what may not be done is 7, what cannot be found or reached has its own. */
export function exitCodeOf(code: ErrorCode): ExitCode {
  const found = special[code];
  if (found !== undefined) return found;
  if (code.startsWith('PG1')) return exitCodes.usage;
  if (code.startsWith('PG2')) return exitCodes.notAllowed;
  return exitCodes.unexpected;
}
