import { describe, expect, it } from 'vitest';
import { runReceiverOf } from '../../../src/client/monitoring/alertmanager/run-receiver.js';

const token = '${file:/etc/alertmanager/phasegate-token}';

describe('the receiver that options of render name', () => {
  it.each([
    ['http://127.0.0.1:9095', 'http://127.0.0.1:9095/alertmanager'],
    ['http://127.0.0.1:9095/', 'http://127.0.0.1:9095/alertmanager'],
    ['http://[::1]:9095/alertmanager', 'http://[::1]:9095/alertmanager'],
    ['https://runs.example.com/phasegate', 'https://runs.example.com/phasegate/alertmanager'],
  ])('at %s is posted to at %s', (receiver, url) => {
    expect(runReceiverOf({ receiver, token })).toEqual({ url, token });
  });

  it('has the token that phasegate receive has by default, and is none where none is named', () => {
    expect(runReceiverOf({ receiver: 'http://127.0.0.1:9095' })?.token).toBe('${env:PHASEGATE_RECEIVE_TOKEN}');
    expect(runReceiverOf({})).toBeUndefined();
  });

  it.each([
    [{ receiver: 'localhost:9095' }, '--receiver', 'is not an http address'],
    [{ receiver: 'http://me:secret@127.0.0.1' }, '--receiver', 'has a user name or password in it'],
    [{ receiver: 'http://127.0.0.1:9095/?token=x' }, '--receiver', 'has more than an address'],
    [{ receiver: 'http://127.0.0.1:9095', token: 'in-the-clear' }, '--token', 'is no secret reference'],
    [{ receiver: 'http://127.0.0.1:9095', token: 'Bearer ${env:X}' }, '--token', 'is no secret reference'],
    [{ token }, '--token', 'none is named'],
  ])('%j is refused at %s: it %s', (options, where, says) => {
    expect(() => runReceiverOf(options)).toThrow(
      expect.objectContaining({ code: 'PG407', where, message: expect.stringContaining(says) as string }) as Error
    );
  });
});
