import { inject } from 'vitest';

/** The server that all integration tests share, and the namespace that is this file's while it runs. */
export function sharedServer(): { address: string; namespace: string } {
  const namespace = inject('temporalNamespaces')[Number(process.env['VITEST_POOL_ID']) - 1];
  if (namespace === undefined) throw new Error(`no namespace for VITEST_POOL_ID ${process.env['VITEST_POOL_ID']}`);
  return { address: inject('temporalAddress'), namespace };
}
