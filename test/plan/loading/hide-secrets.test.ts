import fc from 'fast-check';
import { parseDocument } from 'yaml';
import { describe, expect, it } from 'vitest';
import { hideSecrets } from '../../../src/plan/loading/hide-secrets.js';
import { parseYaml } from '../../../src/plan/loading/parse-yaml.js';

const secret = 'CaNaRy7';

function hide(text: string): string {
  return hideSecrets(text, parseDocument(text, { logLevel: 'error' }));
}

/** Ways to write a secret, each a whole document. */
const shapes: Array<[string, string]> = [
  ['beside its key', 'a: 1\ntoken: CaNaRy7\n'],
  ['in quotes, with a comma', 'cookie: "x, CaNaRy7"\n'],
  ['in quotes, with braces', "cookie: 'x} {CaNaRy7'\n"],
  ['on the next line', 'DB_PASSWORD:\n  CaNaRy7\n'],
  ['on several lines', 'DB_PASSWORD: abc\n  def\n  CaNaRy7\n'],
  ['quoted over several lines', 'DB_PASSWORD: "abc\n  CaNaRy7"\n'],
  ['in a folded block', 'authorization: >-\n  Bearer CaNaRy7\n'],
  ['in a literal block', 'authorization: |\n  Bearer x\n\n  CaNaRy7\n'],
  ['behind an explicit key', '? cookie\n: CaNaRy7\n'],
  ['behind an explicit key of several lines', '? - cookie\n: - CaNaRy7\n'],
  ['in a list', 'api-key:\n  - a\n  - CaNaRy7\n'],
  ['in a list right below', 'api-key:\n- a\n- b: CaNaRy7\n'],
  ['in a flow list', 'api-key: [a, "b, CaNaRy7"]\n'],
  ['in a flow map', 'env: { A: 1, TOKEN: CaNaRy7, B: 2 }\n'],
  ['in a flow map of several lines', 'env: { A: 1, TOKEN:\n  CaNaRy7, B: 2 }\n'],
  ['in a flow map with its colon below', 'env: { "TOKEN"\n  : CaNaRy7 }\n'],
  ['in a flow map of one key a line, with its colon below', 'env: {\n  TOKEN\n  : CaNaRy7 }\n'],
  ['in a map below', 'credentials:\n  user: x\n  pass: CaNaRy7\n'],
  ['in a flow map below', 'cookie: { session: CaNaRy7 }\n'],
  ['as a key below', 'credentials:\n  ? [CaNaRy7]\n  : 1\n'],
  ['behind an escaped key', '"to\\u006ben": CaNaRy7\n'],
  ['behind a reference', 'token: ${env:A} ${file:b} CaNaRy7\n'],
  ['behind an alias', 'x: &a CaNaRy7\ntoken: *a\n'],
  ['behind an alias of an alias', 'x: &a CaNaRy7\ny: &b [*a]\ntoken: *b\n'],
  ['behind a tag', 'token: !!str CaNaRy7\n'],
  ['in an argument', 'command: [curl, -H, "Authorization: Bearer x, CaNaRy7"]\n'],
  ['in a script', 'script: |\n  curl -H "Authorization: Bearer \\\n  CaNaRy7"\n'],
  ['in a comment', 'a: 1 # token: x, CaNaRy7\n'],
  ['in an address', 'url: https://ada:CaNaRy7@host/\n'],
  ['in an address, with @ in it', 'url: https://ada:x@CaNaRy7@host/\n'],
];

describe('a secret in the clear is hidden', () => {
  it.each(shapes)('%s', (_, text) => {
    expect(text).toContain(secret);
    const hidden = hide(text);
    expect(hidden).not.toContain(secret);
    expect(hidden.replaceAll('*', '').length).toBeLessThan(text.length);
    expect(hidden.split('\n').map((line) => line.length)).toEqual(text.split('\n').map((line) => line.length));
  });

  const yaml = shapes.filter(([name]) => !/escaped|alias|address/.test(name));
  it.each(yaml)('%s, though the parser does not understand the file', (_, text) => {
    for (const broken of [`${text}b: [}\n`, `b: "\n${text}`, `---\n---\n${text}`, `\tx\n${text}`]) {
      expect(hide(broken), broken).not.toContain(secret);
    }
    expect(hideSecrets(text, undefined)).not.toContain(secret);
  });

  it('however it is indented, surrounded and broken, in every frame of the file', { timeout: 60_000 }, () => {
    const junk = ['', 'b: [}', '- ', 'a: "', '\t', '---', '*z', 'b: > 5', 'a: 1', '# it’s'];
    fc.assert(
      fc.property(
        fc.constantFrom(...yaml),
        fc.constantFrom(0, 2, 4),
        fc.array(fc.constantFrom(...junk), { maxLength: 4 }),
        fc.array(fc.constantFrom(...junk), { maxLength: 4 }),
        fc.constantFrom('\n', '\r\n'),
        ([, shape], by, before, after, lineEnd) => {
          const inner = shape.trimEnd().split('\n');
          const indented = inner.map((line) => ' '.repeat(by) + line);
          const text = [...before, ...(by > 0 ? ['outer:'] : []), ...indented, ...after].join(lineEnd);
          expect(hide(text)).not.toContain(secret);
          expect(JSON.stringify(parseYaml(text, 'x.yaml').faults.map(({ frame }) => frame))).not.toContain(secret);
        }
      ),
      { numRuns: 3000 }
    );
  });
});

describe('what is no secret stays readable', () => {
  it.each([
    ['key: NEW_CORE\n'],
    ['token: ${env:TOKEN}\nb: 1\n'],
    ['authorization: "Bearer ${env:TOKEN}"\n'],
    ['env: { A: 1, TOKEN: "${file:a/b}", B: 2 }\n'],
    ['path: ./token-service # the service of tokens\n'],
    ['command: [curl, -H, "Authorization: Bearer ${env:T}", x]\n'],
    ['url: https://host/a@b\n'],
  ])('%j', (text) => {
    expect(hide(text)).toBe(text);
  });

  it.each([
    ['a: b # token: x, y\nc: d # plain\n', 'a: b # token: ****\nc: d # plain\n'],
    ['# token: x\na: b\n# token: ${env:T}\nc: d\n', '# token: *\na: b\n# token: ${env:T}\nc: d\n'],
    ['a: "# token: x"\nb: c\n', 'a: "# token: **\nb: c\n'],
    ['run: [curl, -H, "Authorization:   Bearer x", end]\n', 'run: [curl, -H, "Authorization:   *********, end]\n'],
    ['x: &a abc\ntoken: *a\ny: &b def\nz: *b\n', 'x: &a ***\ntoken: *a\ny: &b def\nz: *b\n'],
    ['x: &a abc\ny: &b [*a, d]\nz: e\ntoken: *b\n', 'x: &a ***\ny: &b [*a, *]\nz: e\ntoken: *b\n'],
    ['api-key:\n  ? [k]\n  : v\nother: [k]\n', 'api-key:\n  ? [*]\n  : *\nother: [k]\n'],
    ['api-key: { user: "${env:U}", pass: v }\nb: 1\n', 'api-key: { user: "${env:U}", pass: * }\nb: 1\n'],
    ['token: ab\r\nb: 1\r\n', 'token: **\r\nb: 1\r\n'],
    ['token: |\n  ab\n  cd\nb: 1\n', 'token: *\n****\n****\nb: 1\n'],
    ['a: http://u:p@h/x http://h/y\nb: 1\n', 'a: http://***@h/x http://h/y\nb: 1\n'],
  ])('beside a secret: %j', (text, expected) => {
    expect(hide(text)).toBe(expected);
  });

  /** What no parser understood: a line that looks like a key ends a secret only where nothing is open. */
  it.each([
    ['token: [\na: b\n]\nc: d\n', 'token: *\n****\n*\nc: d\n'],
    ['token: {\na: b\n}\nc: d\n', 'token: *\n****\n*\nc: d\n'],
    ['token: "x\na: b"\nc: d\n', 'token: **\n*****\nc: d\n'],
    ["token: 'x\na: b'\nc: d\n", 'token: **\n*****\nc: d\n'],
    ['token: "x\ny"\nc: d\n', 'token: **\n**\nc: d\n'],
    ['env: { TOKEN: x,\na: b }\nc: d\n', 'env: { TOKEN: **\na: b }\nc: d\n'],
    ['a:\n  token: x\nb: y\n', 'a:\n  token: *\nb: y\n'],
    ['- - token: x\n    y\n    b: z\n', '- - token: *\n    *\n    b: z\n'],
    ['token: x\rb: y\r', 'token: *\rb: y\r'],
    ['token:   x\nb: y\n', 'token:   *\nb: y\n'],
    ['a: >\n  plain\n  the token service\n  which token?\nb: c\n', ''],
    ['token: "${env:T}"\nb: 1\n', ''],
    ["token:  '${env:T}' \nb: 1\n", ''],
    ['token: ${env:T}\nb: 1\n', ''],
    ['token: "${env:T}" x\nb: 1\n', 'token: ************\nb: 1\n'],
  ])('in a text without a parser: %j', (text, expected) => {
    expect(hideSecrets(text, undefined)).toBe(expected === '' ? text : expected);
  });

  it('beside a secret, and in a file that the parser does not understand', () => {
    expect(hide('{ X-Api-Key: "abc", b: 1 }')).toBe('{ X-Api-Key: *****, b: 1 }');
    expect(hide('url: https://ada:pw@host/')).toBe('url: https://******@host/');
    expect(hide('a: 1\ntoken: abc\nb: [}\n')).toBe('a: 1\ntoken: ***\nb: [}\n');
  });
});

it('one long word is looked at once, however long: its frame is cut, and nothing is tried at each place of it', () => {
  const word = 'a-'.repeat(100_000);
  const { faults } = parseYaml(`token: *a\n${word}: x\n? [${word}`, 'x.yaml');
  expect(faults.length).toBeGreaterThan(0);
  for (const { frame } of faults) expect(frame.length).toBeLessThan(500);
});
