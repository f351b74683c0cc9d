import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const dist = fileURLToPath(new URL('../../../', import.meta.url));
const compiled = `${dist}src/client/dashboard/page/`;
const sources = join(dirname(dist), 'src/client/dashboard/page');
const output = join(dist, 'dashboard');

/**
 * Part of `npm run build`: the dashboards' page. Each script is one file that needs no other, so that the page loads
 * nothing but what lies beside it.
 */
rmSync(output, { recursive: true, force: true });
mkdirSync(output, { recursive: true });
for (const name of ['dashboard', 'enter', 'theme']) {
  const bundle = await rolldown({ input: `${compiled}${name}.js`, platform: 'browser', cwd: dirname(dist) });
  await bundle.write({ file: join(output, `${name}.js`), format: 'iife', minify: true });
  await bundle.close();
}
for (const name of ['index.html', 'enter.html', 'dashboard.css', 'icon.svg'])
  cpSync(join(sources, name), join(output, name));
