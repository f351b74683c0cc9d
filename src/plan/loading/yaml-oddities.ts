import { isAlias, isNode, isScalar, visit } from 'yaml';
import type { Document, Pair } from 'yaml';
import type { Problem } from './yaml-faults.js';
import { isTooDeep } from './yaml-faults.js';

const forbiddenKeys: readonly string[] = ['__proto__', 'constructor', 'prototype'];
const writeOut = 'write it out; every line says what it means';

/** What is good YAML and has no place in a plan. */
export function oddities(document: Document): Problem[] {
  const found: Problem[] = [];
  const add = (range: readonly number[] | null | undefined, message: string, hint: string): void => {
    found.push({ start: range?.[0] ?? 0, end: range?.[1] ?? 1, code: 'PG102', message, hint });
  };
  if (document.directives?.yaml.explicit)
    add([0, 5], 'the file has a %YAML directive', 'leave it out; plans are YAML 1.2');
  if (isTooDeep(document)) return found;
  visit(document, {
    Alias: (_, node) => add(node.range, `anchors and aliases are not supported: *${node.source}`, writeOut),
    Node: (_, node) => {
      if (isAlias(node)) return;
      if (node.anchor !== undefined)
        add(node.range, `anchors and aliases are not supported: &${node.anchor}`, writeOut);
      if (isTagged(node))
        add(node.range, 'tags are not supported', 'leave out the tag; put quotes around text that begins with !');
    },
    Pair: (_, pair) => {
      const odd = oddKey(pair);
      if (odd) add(isNode(pair.key) ? pair.key.range : undefined, ...odd);
    },
  });
  return found;
}

/** Aliases could multiply without end when the document is turned into data. */
export function hasAlias(document: Document): boolean {
  let found = false;
  visit(document, {
    Alias: () => {
      found = true;
      return visit.BREAK;
    },
  });
  return found;
}

/** Tags that the parser does not know are warnings of its own. */
function isTagged(node: { tag?: string }): boolean {
  return node.tag?.startsWith('tag:yaml.org,2002:') === true && !/:(?:map|seq|str|null|bool|int|float)$/.test(node.tag);
}

function oddKey(pair: Pair): [message: string, hint: string] | undefined {
  if (!isScalar(pair.key)) return ['a key is not plain text', 'put quotes around a template: "{{vars.revision}}"'];
  const key = pair.key.value;
  if (key === null) return ['a key is empty', 'write the key before the colon'];
  if (key === '<<') return ['merge keys are not supported', 'write the keys out'];
  if (typeof key === 'string' && forbiddenKeys.includes(key))
    return [`"${key}" cannot be a key`, 'choose another name'];
  return undefined;
}
