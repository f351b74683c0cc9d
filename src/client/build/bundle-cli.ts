import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown, type Plugin } from 'rolldown';
import { asciiOnly } from '../../build/ascii-only.js';
import { compileAhead } from './compiled.js';
import { lightProtobuf } from './light-protobuf.js';

const dist = fileURLToPath(new URL('../../../', import.meta.url));
const output = `${dist}cli`;

/**
 * Stays outside: native code and its loader, what only the worker and the server starter use, and modules that find
 * their own files beside themselves.
 */
const external = [/^@temporalio\/(worker|core-bridge|testing|nexus)/, /^@swc\//, /^pino$/, /^node:/];

/**
 * Part of `npm run build`: makes one file of the command line, and one of each part that a command loads only when it
 * runs. Reading hundreds of small modules costs more than running them.
 */
const ours: Plugin = {
  name: 'keep-places',
  // A module that looks for files relative to itself must go on finding them.
  transform(code, id) {
    if (!id.startsWith(`${dist}src${sep}`) || !code.includes('import.meta.url')) return null;
    const place = relative(output, id).split(sep).join('/');
    const here = `process.getBuiltinModule('node:url').pathToFileURL(__dirname + ${JSON.stringify(`/${place}`)}).href`;
    return code.replaceAll('import.meta.url', here);
  },
};

const bundle = await rolldown({
  input: { main: `${dist}src/client/cli/main.js` },
  platform: 'node',
  external,
  plugins: [ours, lightProtobuf],
  cwd: dirname(dist),
});
const { output: files } = await bundle.write({
  dir: output,
  cleanDir: true,
  format: 'cjs',
  entryFileNames: '[name].cjs',
  chunkFileNames: '[name]-[hash].cjs',
  sourcemap: false,
  minify: { compress: true, mangle: false, codegen: true },
});
await bundle.close();
for (const { fileName } of files) {
  const file = join(output, fileName);
  writeFileSync(file, asciiOnly(readFileSync(file, 'utf8')));
  compileAhead(file);
}
