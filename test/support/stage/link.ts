import { linkOver, type Link } from '../../../src/client/connection/link.js';
import type { Stage } from './stage.js';

/** The client's own link, over the connection that a stage has open. */
export function linkOf({ client }: Pick<Stage, 'client'>): Link {
  const { connection, options } = client;
  const nowhere = { address: '', addressSource: '', namespaceSource: '', options: { address: '' } };
  // The stage's client has a plain connection; its interface type does not say so.
  const plain = connection as Parameters<typeof linkOver>[0];
  return linkOver(plain, { ...nowhere, namespace: options.namespace }, 'test');
}
