import type { Client } from '@temporalio/client';
import { ActivityCancellationDetails, ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { activity } from '../../src/activities/activity.js';
import { fail } from '../../src/activities/fail.js';
import type { Scope } from '../../src/activities/scope.js';
import { createSecrets } from '../../src/activities/secrets.js';
import { PhasegateError } from '../../src/plan/errors.js';

const secrets = createSecrets({ env: { TOKEN: 'canary-token' }, baseDir: '.' });
secrets.resolve('${env:TOKEN}');

function context(client?: Client): MockActivityEnvironment {
  const options = { logger: new DefaultLogger('ERROR'), ...(client === undefined ? {} : { client }) };
  return new MockActivityEnvironment({ heartbeatDetails: { from: 'before' } }, options);
}

/** A client that finds the latest execution of a workflow as it is described here, and ends calls as a real one does. */
function clientOf(describe: () => Promise<{ closeTime?: Date }>): Client {
  const signals: AbortSignal[] = [];
  const withAbortSignal = async (signal: AbortSignal, call: () => Promise<unknown>): Promise<unknown> => {
    signals.push(signal);
    return call().finally(() => signals.pop());
  };
  const described = (): Promise<unknown> =>
    signals.at(-1)?.aborted === true ? Promise.reject(new Error('CANCELLED')) : describe();
  return { withAbortSignal, workflow: { getHandle: () => ({ describe: described }) } } as unknown as Client;
}

function run<T>(work: (input: string, scope: Scope) => Promise<T>, mock = context()): Promise<T> {
  return mock.run(activity(secrets, work), 'input');
}

describe('an activity', () => {
  it('gives results without the value of a secret', async () => {
    expect(await run(async (input) => ({ text: `${input} canary-token` }))).toEqual({
      text: 'input [secret env:TOKEN]',
    });
  });

  it.each([
    ['a coded error', new PhasegateError('PG301', 'canary-token', { where: 'at canary-token' }), 'PG301', false],
    ['one not worth a retry', new PhasegateError('PG302', 'canary-token'), 'PG302', true],
    [
      'a failure',
      ApplicationFailure.create({
        type: 'PG303',
        message: 'canary-token',
        details: ['canary-token'],
        nonRetryable: true,
      }),
      'PG303',
      true,
    ],
    ['any error', new TypeError('canary-token', { cause: new Error('canary-token') }), 'TypeError', false],
  ])(
    '%s leaves with its code, whether to retry, and no secret in message, stack or details',
    async (_, error, type, nonRetryable) => {
      const thrown: unknown = await run(() => Promise.reject(error)).catch((caught: unknown) => caught);
      expect(thrown).toBeInstanceOf(ApplicationFailure);
      expect(thrown).toMatchObject({ type, nonRetryable });
      const failure = thrown as ApplicationFailure;
      expect(
        [failure.message, failure.stack, JSON.stringify(failure.details), String(failure.cause)].join(' ')
      ).not.toContain('canary-token');
    }
  );

  it('that is cancelled ends as cancelled, whatever the interrupted request says of itself', async () => {
    const mock = context();
    const running = run(async () => {
      mock.cancel();
      throw new DOMException('This operation was aborted', 'AbortError');
    }, mock);
    await expect(running).rejects.toBeInstanceOf(CancelledFailure);
  });

  it.each([
    ['a failure of the catalogue', (text: string) => fail('PG303', text)],
    ['any error', (text: string) => new Error(`${text}. Check the token`)],
  ])('tells how a long message of %s begins and ends, without half a secret', async (_, errorOf) => {
    const text = `refused: ${'x'.repeat(482)}canary-token${'y'.repeat(100_000)}`;
    const thrown: unknown = await run(() => Promise.reject(errorOf(text))).catch((caught: unknown) => caught);
    const { message } = thrown as Error;
    expect(message).toMatch(/^refused: x+\[secre.* … y+\. Check the token/);
    expect(message).not.toContain('canary');
    expect(message.length).toBeLessThan(1_100);
  });

  it('that fails with a code while it is cancelled keeps the code', async () => {
    const mock = context();
    const running = run(async () => {
      mock.cancel();
      throw new PhasegateError('PG317', 'not undone');
    }, mock);
    await expect(running).rejects.toMatchObject({ type: 'PG317' });
  });

  it.each([
    ['a cancel that was asked for', { cancelRequested: true }, false],
    [
      'a cancel that was asked for of an attempt that the server gave up',
      { cancelRequested: true, notFound: true },
      false,
    ],
    ['a server that gave the attempt up while it was away', { notFound: true }, true],
    ['a time-out of its heartbeats', { timedOut: true, notFound: true }, true],
    ['a worker that shuts down', { workerShutdown: true }, true],
    ['a reset', { reset: true }, true],
  ])('that ends because of %s leaves its work to the next attempt or not', async (_, why, handedOver) => {
    const mock = context();
    const left = await run((_input, scope) => {
      mock.cancel('CANCELLED', new ActivityCancellationDetails(why));
      return scope.handedOver();
    }, mock);
    expect(left).toBe(handedOver);
  });

  it.each([
    ['has ended: nobody is left to hand over to', () => Promise.resolve({ closeTime: new Date() }), false],
    ['goes on, as after a reset', () => Promise.resolve({}), true],
    ['cannot be asked after', () => Promise.reject(new Error('no connection')), true],
  ])('that the server knows no more leaves its work or not: its workflow %s', async (_, describe, handedOver) => {
    const mock = context(clientOf(describe));
    const left = await run((_input, scope) => {
      mock.cancel('NOT_FOUND', new ActivityCancellationDetails({ notFound: true }));
      return scope.handedOver();
    }, mock);
    expect(left).toBe(handedOver);
  });

  describe('heartbeats', () => {
    beforeEach(() => void vi.useFakeTimers());
    afterEach(() => void vi.useRealTimers());

    it('every 2 seconds while it runs, with the details given last, and not after it', async () => {
      const beats: unknown[] = [];
      const mock = context();
      mock.on('heartbeat', (details) => beats.push(details));
      let finish: () => void = () => undefined;
      const running = run(async (_, scope) => {
        await new Promise<void>((resolve) => (finish = resolve));
        scope.heartbeat({ told: 1 });
        await new Promise<void>((resolve) => (finish = resolve));
      }, mock);
      await vi.advanceTimersByTimeAsync(2_000);
      finish();
      await vi.advanceTimersByTimeAsync(4_000);
      finish();
      await running;
      await vi.advanceTimersByTimeAsync(10_000);
      expect(beats).toEqual([{ from: 'before' }, { told: 1 }, { told: 1 }, { told: 1 }]);
    });
  });
});
