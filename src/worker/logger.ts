import { pino, type Logger as Pino } from 'pino';
import { escaped } from '../plan/text/clean.js';
import type { Logger, LogLevel, LogMetadata } from '@temporalio/common';

/** One JSON line per event, on stderr: stdout belongs to answers. Nothing in it steers the terminal that shows it. */
export function createLogger(
  options: { level?: string; destination?: NodeJS.WritableStream; service?: string } = {}
): Pino {
  const { level = process.env.PHASEGATE_LOG_LEVEL ?? 'info', destination = process.stderr } = options;
  const { service = 'phasegate-worker' } = options;
  return pino(
    { level, base: { service }, redact: ['taskToken', '*.taskToken'] },
    { write: (line) => void destination.write(escaped(line)) }
  );
}

const longest = 4000;
const levels: Record<LogLevel, 'trace' | 'debug' | 'info' | 'warn' | 'error'> = {
  TRACE: 'trace',
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warn',
  ERROR: 'error',
};

/** What the SDK tells of every worker that does one thing only, as those for an environment and for its windows do. */
const byDesign: ReadonlySet<string> = new Set([
  'No workflows registered, not polling for workflow tasks',
  'No Nexus services registered, not polling for Nexus tasks',
]);

/** The SDK's lines, and those of workflows and activities, through the same pino. */
export function temporalLogger(logger: Pino): Logger {
  const log = (level: LogLevel, message: string, meta?: LogMetadata): void => {
    logger[byDesign.has(message) ? 'debug' : levels[level]](facts(meta), message);
  };
  return {
    log,
    trace: (message, meta) => log('TRACE', message, meta),
    debug: (message, meta) => log('DEBUG', message, meta),
    info: (message, meta) => log('INFO', message, meta),
    warn: (message, meta) => log('WARN', message, meta),
    error: (message, meta) => log('ERROR', message, meta),
  };
}

/** Errors where pino looks for them; what core sends as one long string is cut. */
function facts(meta: LogMetadata | undefined): Record<string, unknown> {
  const entries = Object.entries(meta ?? {}).map(([key, value]): [string, unknown] => {
    if (key === 'taskToken') return [key, '[redacted]'];
    if (key === 'error' && value instanceof Error) return ['err', value];
    return [key, typeof value === 'string' && value.length > longest ? `${value.slice(0, longest)}…` : value];
  });
  return Object.fromEntries(entries);
}
