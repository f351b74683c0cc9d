export type { FlagProvider, Trace } from './provider.js';
export { flagProviderFor } from './registry.js';
export { effective } from './state.js';
