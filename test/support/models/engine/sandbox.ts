import { AsyncLocalStorage } from 'node:async_hooks';

/** What Temporal's sandbox gives to workflow code; it must stand there before the SDK's workflow half is loaded. */
Object.assign(globalThis, { AsyncLocalStorage });
