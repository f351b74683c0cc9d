import { describe, expect, it } from 'vitest';
import { isTooMuch, isUntaken, NoAnswer, translate, translateAsked } from '../../../src/client/connection/failures.js';
import { PhasegateError } from '../../../src/plan/errors.js';
import { grpcError as grpc } from '../../support/grpc-error.js';

const settings = {
  address: '127.0.0.1:7233',
  addressSource: 'default',
  namespace: 'prod',
  namespaceSource: 'TEMPORAL_NAMESPACE',
  options: { address: '127.0.0.1:7233' },
};

describe('a failure of the server', () => {
  it('that lacks search attributes is told with the command that adds all of them', () => {
    const said = 'Namespace prod has no mapping defined for search attribute PhasegatePlan';
    const error = translate(settings, 'start', grpc(3, said));
    expect(error).toMatchObject({ code: 'PG412', message: expect.stringContaining(said) as string });
    expect((error as PhasegateError).hint).toBe(
      'Add them: temporal operator search-attribute create --namespace prod ' +
        '--name PhasegatePlan --type Keyword --name PhasegateEnvironment --type Keyword --name PhasegatePhase --type Keyword ' +
        '--name PhasegateStatus --type Keyword --name PhasegateRun --type Keyword ' +
        '--name PhasegateAwaiting --type KeywordList --name PhasegateDeadline --type Datetime'
    );
  });

  it('of another argument stays what it is', () => {
    const error = grpc(3, 'invalid query');
    expect(translate(settings, 'list', error)).toBe(error);
  });

  it('that ran out of time means no worker only where a worker was asked', () => {
    const late = grpc(4, 'deadline exceeded');
    expect(translateAsked(settings, 'status', late)).toBeInstanceOf(NoAnswer);
    const start = translate(settings, 'start of migration/demo/x', late);
    expect(start).toMatchObject({ code: 'PG401', hint: expect.stringContaining('phasegate list') as string });
    expect(start).not.toBeInstanceOf(NoAnswer);
  });

  it('that has too much in flight is known through the errors around it', () => {
    expect(isTooMuch(new Error('update failed', { cause: grpc(8, 'limit on in-flight updates') }))).toBe(true);
    expect(isTooMuch(grpc(14, 'away'))).toBe(false);
  });

  it.each<[string, Error, boolean]>([
    ['runs out of time', new NoAnswer('status'), true],
    ['has a full buffer for it', new Error('query', { cause: grpc(8, 'query buffer is full') }), true],
    ['comes before the first task', grpc(9, 'not ready'), true],
    ['is being moved', grpc(10, 'shard closed'), true],
    ['is lost inside of the server', new Error('query', { cause: grpc(13, 'unexpected') }), true],
    ['asks for no workflow', grpc(5, 'no such workflow'), false],
    ['asks what its worker cannot answer', grpc(3, 'unknown query'), false],
    ['is answered with an error', new Error('no status'), false],
    ['finds no server', new PhasegateError('PG401', 'no server'), false],
  ])('a query that %s', (_, error, untaken) => {
    expect(isUntaken(error)).toBe(untaken);
  });
});
