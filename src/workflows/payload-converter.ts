import { defaultPayloadConverter, type Payload, type PayloadConverter } from '@temporalio/common';
import { undecodable } from '../plan/names.js';

/**
 * The default converter, except that reading never throws: an undecodable signal would otherwise fail the workflow
 * task for ever. What could not be read arrives as `{ $undecodable: why }`, which every message parser refuses.
 */
export const payloadConverter: PayloadConverter = {
  toPayload: <T>(value: T): Payload => defaultPayloadConverter.toPayload(value),
  fromPayload<T>(payload: Payload): T {
    try {
      return defaultPayloadConverter.fromPayload<T>(payload);
    } catch (error) {
      // The caller declared T, but a sender outside can put anything here: parsers take `unknown` for this reason.
      return { [undecodable]: error instanceof Error ? error.message : String(error) } as T;
    }
  },
};
