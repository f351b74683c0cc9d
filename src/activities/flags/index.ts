export type { FlagProvider, Trace } from './provider.js';
export { flagProviderFor } from './registry.js';
export { effective } from './state.js';
export { captureFlags, removeFlags, verifyRemoval } from './removal.js';
