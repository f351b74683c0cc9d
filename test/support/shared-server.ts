import { inject } from 'vitest';

/** The server that all integration tests share, and the namespace that is this file's while it runs. */
export function sharedServer(): { address: string; namespace: string } {
  const namespaces = inject('temporalNamespaces');
  const slot = Number(process.env['VITEST_POOL_ID']) - 1;
  const namespace = namespaces[slot % namespaces.length];
  if (namespace === undefined) throw new Error(`VITEST_POOL_ID is no number: ${process.env['VITEST_POOL_ID']}`);
  return { address: inject('temporalAddress'), namespace };
}
