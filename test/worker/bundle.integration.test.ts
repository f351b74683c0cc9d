import assert from 'node:assert';
import { AsyncLocalStorage } from 'node:async_hooks';
import { createContext, Script, runInContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { loadBundle } from '../../src/worker/bundle.js';

/** The modules that the SDK's reusable context evaluates once, and those that each workflow evaluates anew. */
function evaluated(code: string): { once: string[]; anew: string[] } {
  const context = createContext({ console, assert, URL, URLSearchParams, TextEncoder, TextDecoder, AsyncLocalStorage });
  const shared = new Map<string, unknown>();
  const own = new Map<string, unknown>();
  let workflow = false;
  const cache = new Proxy(
    {},
    {
      get: (_, id) => shared.get(String(id)) ?? own.get(String(id)),
      set: (_, id, module) => Boolean((workflow ? own : shared).set(String(id), module)),
    }
  );
  Object.defineProperty(context, '__webpack_module_cache__', { value: cache });
  new Script(code).runInContext(context);
  runInContext('__TEMPORAL__.preloadModules()', context);
  workflow = true;
  runInContext('__TEMPORAL__.importWorkflows()', context);
  return { once: [...shared.keys()], anew: [...own.keys()] };
}

describe('the workflow bundle', () => {
  it('evaluates zod and the schemas of messages once for all workflows, and the workflows anew for each', async () => {
    const { once, anew } = evaluated((await loadBundle()).code);
    const schemas = /node_modules\/zod\/|\/src\/plan\/wire\.js$/;
    expect(once.some((id) => schemas.test(id))).toBe(true);
    expect(anew.filter((id) => schemas.test(id))).toEqual([]);
    expect(anew.some((id) => id.endsWith('/src/workflows/deployment-phase.js'))).toBe(true);
  });
});
