import { Connection } from '@temporalio/client';
import { describe, expect, it, vi } from 'vitest';
import { linkOver, type Link } from '../../../src/client/connection/link.js';
import type { ConnectionSettings } from '../../../src/connection/settings.js';

const settings: ConnectionSettings = {
  address: '127.0.0.1:1',
  addressSource: 'default',
  namespace: 'default',
  namespaceSource: 'default',
  options: { address: '127.0.0.1:1' },
};

/** A link over a connection that never connects; `closed` says whether its channel is. */
function link(): { link: Link; closed: () => boolean } {
  const connection = Connection.lazy(settings.options);
  vi.spyOn(connection, 'withDeadline').mockImplementation((_, fn) => fn());
  const close = vi.spyOn(connection, 'close').mockResolvedValue();
  return { link: linkOver(connection, settings, 'test'), closed: () => close.mock.calls.length > 0 };
}

describe('closing a link', () => {
  it('closes its channel at once when nothing is under way', async () => {
    const { link: idle, closed } = link();
    await idle.call('a question', () => Promise.resolve(1));
    await idle.close();
    expect(closed()).toBe(true);
  });

  it('keeps the channel for a call that nobody waits for any more, which the SDK may try again', async () => {
    const { link: left, closed } = link();
    let answer: (value: number) => void = () => undefined;
    const abandoned = left.call('a question', () => new Promise<number>((resolve) => (answer = resolve)));
    await left.close();
    expect(closed()).toBe(false);
    answer(1);
    await abandoned;
    await vi.waitUntil(closed);
  });

  it('begins no other call for who asks one after the other and was left', async () => {
    const { link: left, closed } = link();
    let answer: () => void = () => undefined;
    const next = vi.fn(() => Promise.resolve(2));
    const reading = left
      .call('a question', () => new Promise<void>((resolve) => (answer = resolve)))
      .then(() => left.call('the next', next));
    const closing = left.close();
    answer();
    await expect(reading).rejects.toThrow('being closed');
    await closing;
    expect(next).not.toHaveBeenCalled();
    expect(closed()).toBe(true);
  });

  it('closes behind a call that fails, too', async () => {
    const { link: failing, closed } = link();
    const call = failing.call('a question', () => Promise.reject(new TypeError('no')));
    const closing = failing.close();
    await expect(call).rejects.toThrow('no');
    await closing;
    expect(closed()).toBe(true);
  });
});
