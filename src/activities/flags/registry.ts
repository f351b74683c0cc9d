import type { FlagSource } from '../../plan/model.js';
import type { Tools } from '../deps.js';
import { createFlagdProvider } from './flagd/flagd-provider.js';
import type { FlagProvider, Trace } from './provider.js';
import { createUnleashProvider } from './unleash/unleash-provider.js';

/** The provider of an environment's flags. `signal` cancels what it reads, and what waits to write. */
export function flagProviderFor(source: FlagSource, tools: Tools, trace: Trace, signal?: AbortSignal): FlagProvider {
  switch (source.provider) {
    case 'flagd':
      return createFlagdProvider(source, tools, trace, signal);
    case 'unleash':
      return createUnleashProvider(source, tools, trace, signal);
  }
}
