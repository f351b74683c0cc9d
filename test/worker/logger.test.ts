import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createLogger, temporalLogger } from '../../src/worker/logger.js';

function logging(): {
  lines: () => Array<Record<string, unknown>>;
  written: () => string[];
  logger: ReturnType<typeof temporalLogger>;
} {
  const written: string[] = [];
  const destination = new Writable({
    write(chunk: Buffer, _, done) {
      written.push(chunk.toString());
      done();
    },
  });
  const logger = temporalLogger(createLogger({ level: 'trace', destination }));
  return {
    logger,
    written: () => written,
    lines: () => written.map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

describe('the SDK logs through pino', () => {
  it.each([
    ['trace', 10],
    ['debug', 20],
    ['info', 30],
    ['warn', 40],
    ['error', 50],
  ] as const)('%s keeps its level', (level, number) => {
    const { logger, lines } = logging();
    logger[level]('hello', { workflowId: 'w' });
    expect(lines()).toMatchObject([{ level: number, msg: 'hello', workflowId: 'w', service: 'phasegate-worker' }]);
  });

  it('tells what every worker of an environment is by design only to somebody who asks for all', () => {
    const { logger, lines } = logging();
    logger.warn('No workflows registered, not polling for workflow tasks', { taskQueue: 'phasegate-demo' });
    expect(lines()).toMatchObject([{ level: 20, taskQueue: 'phasegate-demo' }]);
  });

  it('writes what would steer a terminal as its number, in the same document', () => {
    const { logger, lines, written } = logging();
    logger.error('a\u009b2J\u202eb\u001b', { 'k\u007f': '\u2028' });
    expect(written().join('')).toMatch(/^[\u0020-\u007e]+\n$/);
    expect(lines()).toMatchObject([{ msg: 'a\u009b2J\u202eb\u001b', 'k\u007f': '\u2028' }]);
  });

  it('puts errors where pino looks for them', () => {
    const { logger, lines } = logging();
    logger.error('broken', { error: new Error('why') });
    expect(lines()[0]).toMatchObject({ err: { message: 'why' } });
  });

  it('never writes a task token', () => {
    const { logger, lines } = logging();
    logger.warn('late', { taskToken: 'secret-token' });
    expect(JSON.stringify(lines())).not.toContain('secret-token');
  });

  it('cuts what core sends as one endless string', () => {
    const { logger, lines } = logging();
    logger.warn('failed', { failure: 'x'.repeat(100_000) });
    expect(String(lines()[0]?.failure).length).toBeLessThan(5000);
  });
});
