export type { FlagProvider, FlagWish, Observation, Trace } from './provider.js';
export { flagProviderFor } from './registry.js';
export { effective, sameExposure, wished } from './state.js';
