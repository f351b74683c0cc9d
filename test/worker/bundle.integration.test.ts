import assert from 'node:assert';
import { AsyncLocalStorage } from 'node:async_hooks';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { createContext, Script, runInContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { bundlePath, loadBundle } from '../../src/worker/bundle.js';
import { scratchFolder } from '../support/servers/scratch.js';

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

  it('is part of the package: one made at its place would have another build id', () => {
    const packed = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      maxBuffer: 64 * 1024 * 1024,
    });
    const [{ files }] = JSON.parse(packed) as [{ files: Array<{ path: string }> }];
    expect(files.map((file) => file.path)).toContain(relative(process.cwd(), bundlePath));
  });

  it('that was never built is a fault of its own, and none is made at start', async () => {
    const file = join(scratchFolder(), 'workflow-bundle.js');
    await expect(loadBundle(file)).rejects.toMatchObject({ code: 'PG413', hint: 'Build it: npm run build' });
    expect(existsSync(file)).toBe(false);
  });
});
