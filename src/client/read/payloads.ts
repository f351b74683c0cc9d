import type { Payload } from '@temporalio/common';
import type { Link } from '../connection/link.js';

/** Decodes payloads as the client's data converter does, codecs included; one that cannot be read is undefined. */
export async function decodePayloads(link: Link, payloads: readonly Payload[] | null | undefined): Promise<unknown[]> {
  if (!payloads || payloads.length === 0) return [];
  const { payloadConverter, payloadCodecs } = link.temporal.options.loadedDataConverter;
  let encoded = [...payloads];
  for (const codec of payloadCodecs.toReversed()) encoded = await codec.decode(encoded);
  return encoded.map((payload) => {
    try {
      return payloadConverter.fromPayload<unknown>(payload);
    } catch {
      // A reader of histories meets what anybody sent; what cannot be decoded is as good as absent.
      return undefined;
    }
  });
}
