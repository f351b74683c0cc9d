import { isAlias, isMap, isNode, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import type { Document, Pair, YAMLError } from 'yaml';
import type { ErrorCode } from '../error-catalogue.js';
import type { Fault, Finding } from './fault.js';
import { unsafeCharacters } from './frame.js';
import { createSource, faultAt } from './source.js';
import type { Source } from './source.js';
import { explainYamlError } from './yaml-faults.js';

const maxBytes = 256 * 1024;
const forbiddenKeys: readonly string[] = ['__proto__', 'constructor', 'prototype'];

/**
 * Reads one YAML document strictly: warnings are faults, and anchors, aliases, tags, directives and keys that are no
 * plain text are refused, so that every line of a plan means what it says. `source` is there when the text is a
 * mapping whose faults do not keep it from being read further.
 */
export function parseYaml(input: string, file: string): { source?: Source; faults: Fault[] } {
  const text = input.startsWith('\uFEFF') ? input.slice(1) : input;
  const lines = new LineCounter();
  const fault = (start: number, end: number, finding: Finding): Fault =>
    faultAt({ file, text, lines, range: { start, end }, path: '', finding });

  const bytes = new TextEncoder().encode(text).length;
  if (bytes > maxBytes) {
    lines.addNewLine(0);
    return {
      faults: [
        fault(
          0,
          0,
          finding('PG101', `the file has ${bytes} bytes`, `a plan or environment has at most ${maxBytes} bytes`)
        ),
      ],
    };
  }

  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' });
  if (lines.lineStarts.length === 0) lines.addNewLine(0);
  const unsafe = unsafeCharacters.exec(text);
  const faults = [
    ...(unsafe
      ? [
          fault(
            unsafe.index,
            unsafe.index + 1,
            finding(
              'PG102',
              'the file has a control or direction character',
              'delete it; such characters can hide what a line says'
            )
          ),
        ]
      : []),
    ...problems(document).map((error) => fault(error.pos[0], error.pos[1], explainYamlError(error, text))),
    ...oddities(document).map((odd) => fault(odd.start, odd.end, odd.finding)),
  ];
  const broken = problems(document).some(
    (error) => error.code !== 'DUPLICATE_KEY' && error.code !== 'TAG_RESOLVE_FAILED'
  );
  if (broken || faults.some((one) => one.code === 'PG102' && one.message.includes('anchor'))) return { faults };
  if (document.contents === null || (isScalar(document.contents) && document.contents.value === null)) {
    return {
      faults: [
        ...faults,
        fault(
          0,
          0,
          finding('PG102', 'the file is empty', 'begin with "phasegate: plan/v1" or "phasegate: environment/v1"')
        ),
      ],
    };
  }
  if (!isMap(document.contents)) {
    return {
      faults: [
        ...faults,
        fault(
          0,
          1,
          finding(
            'PG102',
            'the file is not a mapping',
            'begin with "phasegate: plan/v1" or "phasegate: environment/v1", then one key per line'
          )
        ),
      ],
    };
  }
  return { source: createSource(file, text, document, lines), faults };
}

/** One complaint about nesting is enough: the parser makes one per level. */
function problems(document: Document): YAMLError[] {
  const all = [...document.errors, ...document.warnings];
  const tooDeep = all.find((error) => error.message.includes('call stack'));
  return tooDeep ? [tooDeep] : all;
}

interface Oddity {
  start: number;
  end: number;
  finding: Finding;
}

function oddities(document: Document): Oddity[] {
  const found: Oddity[] = [];
  const add = (range: readonly number[] | null | undefined, problem: Finding): void => {
    found.push({ start: range?.[0] ?? 0, end: range?.[1] ?? 1, finding: problem });
  };
  if (document.directives?.yaml.explicit) {
    add([0, 5], finding('PG102', 'the file has a %YAML directive', 'leave it out; plans are YAML 1.2'));
  }
  if (document.errors.some((error) => error.message.includes('call stack'))) return found;
  visit(document, {
    Alias: (_, node) =>
      add(
        node.range,
        finding(
          'PG102',
          `anchors and aliases are not supported: *${node.source}`,
          'write it out; every line says what it means'
        )
      ),
    Node: (_, node) => {
      if (isAlias(node)) return;
      if (node.anchor !== undefined)
        add(
          node.range,
          finding(
            'PG102',
            `anchors and aliases are not supported: &${node.anchor}`,
            'write it out; every line says what it means'
          )
        );
      if (isTagged(node))
        add(
          node.range,
          finding('PG102', 'tags are not supported', 'leave out the tag; put quotes around text that begins with !')
        );
    },
    Pair: (_, pair) => {
      const problem = oddKey(pair);
      if (problem) add(isNode(pair.key) ? pair.key.range : undefined, problem);
    },
  });
  return found;
}

/** Unresolved tags are warnings of the parser already. */
function isTagged(node: { tag?: string }): boolean {
  return node.tag?.startsWith('tag:yaml.org,2002:') === true && !/:(?:map|seq|str|null|bool|int|float)$/.test(node.tag);
}

function oddKey(pair: Pair): Finding | undefined {
  if (!isScalar(pair.key))
    return finding('PG102', 'a key is not plain text', 'put quotes around a template: "{{vars.revision}}"');
  const key = pair.key.value;
  if (key === null) return finding('PG102', 'a key is empty', 'write the key before the colon');
  if (typeof key === 'string' && forbiddenKeys.includes(key))
    return finding('PG102', `"${key}" cannot be a key`, 'choose another name');
  if (key === '<<') return finding('PG102', 'merge keys are not supported', 'write the keys out');
  return undefined;
}

function finding(code: ErrorCode, message: string, hint: string): Finding {
  return { code, message, hint };
}
