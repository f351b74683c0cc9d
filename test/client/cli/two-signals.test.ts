import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { twoSignals } from '../../../src/client/cli/two-signals.js';

class FakeProcess extends EventEmitter {
  exits: number[] = [];
  exit(code: number): void {
    this.exits.push(code);
  }
}

describe('a service that is told to stop', () => {
  it.each([
    ['SIGINT', 'SIGINT'],
    ['SIGTERM', 'SIGINT'],
  ])('ends in its own time on %s, and at once with 130 on %s after it', (first, second) => {
    const process = new FakeProcess();
    const said: string[] = [];
    twoSignals(
      () => said.push('first'),
      () => said.push('second'),
      process
    );
    process.emit(first);
    expect([said, process.exits]).toEqual([['first'], []]);
    process.emit(second);
    expect([said, process.exits]).toEqual([['first', 'second'], [130]]);
  });

  it('is not listening any more when it has ended', () => {
    const process = new FakeProcess();
    const stopListening = twoSignals(
      () => expect.unreachable(),
      () => expect.unreachable(),
      process
    );
    stopListening();
    expect(process.listenerCount('SIGINT') + process.listenerCount('SIGTERM')).toBe(0);
  });
});
