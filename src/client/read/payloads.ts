import type { Payload } from '@temporalio/common';
import { PhasegateError } from '../../plan/errors.js';
import type { Link } from '../connection/link.js';

/**
 * Decodes payloads as the client's data converter does, codecs included.
 *
 * @throws PhasegateError PG319 when one cannot be read
 */
export async function decodePayloads(link: Link, payloads: readonly Payload[] | null | undefined): Promise<unknown[]> {
  if (!payloads || payloads.length === 0) return [];
  const { payloadConverter, payloadCodecs } = link.temporal.options.loadedDataConverter;
  let encoded = [...payloads];
  for (const codec of payloadCodecs.toReversed()) encoded = await codec.decode(encoded);
  return encoded.map((payload) => {
    try {
      return payloadConverter.fromPayload<unknown>(payload);
    } catch (error) {
      // A capture that could not be read would drop out of the ledger without a word.
      throw new PhasegateError('PG319', 'a payload of this history cannot be decoded', {
        hint: 'Read it with the phasegate version, and the codec, that the workers of this run use.',
        cause: error,
      });
    }
  });
}
