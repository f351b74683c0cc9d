import { Runtime } from '@temporalio/worker';
import { createLogger, temporalLogger } from '../../src/worker/logger.js';

/** Quiet unless PHASEGATE_LOG_LEVEL asks for more: `PHASEGATE_LOG_LEVEL=warn npx vitest run …`. */
const logger = temporalLogger(createLogger({ level: process.env.PHASEGATE_LOG_LEVEL ?? 'silent' }));
Runtime.install({ logger, telemetryOptions: { logging: { filter: { core: 'WARN', other: 'ERROR' }, forward: {} } } });
