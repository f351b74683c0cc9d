import { isMap, isScalar, parseDocument } from 'yaml';
import type { Document } from 'yaml';
import type { Fault } from './fault.js';
import { unsafeCharacters } from './frame.js';
import { createSource } from './source.js';
import type { Source } from './source.js';
import { fileText } from './text.js';
import { parserProblems } from './yaml-faults.js';
import type { Problem } from './yaml-faults.js';
import { hasAlias, oddities } from './yaml-oddities.js';

const maxBytes = 256 * 1024;
const shownOfTooLarge = 4096;
const header = 'begin with "phasegate: plan/v1" or "phasegate: environment/v1"';

/**
 * Reads one YAML document strictly: warnings are faults, and anchors, aliases, tags, directives and keys that are no
 * plain text are refused, so that every line of a plan means what it says. `source` is there when the text is a
 * mapping whose faults do not keep it from being read further.
 */
export function parseYaml(input: string, file: string): { source?: Source; faults: Fault[] } {
  const text = input.startsWith('\uFEFF') ? input.slice(1) : input;
  const tooLarge = sizeProblem(text);
  if (tooLarge) return { faults: [fileText(file, text.slice(0, shownOfTooLarge)).faultAt(tooLarge, tooLarge)] };

  const document = parseDocument(text, { prettyErrors: false, logLevel: 'error' });
  const lines = fileText(file, text, document);
  const faultsOf = (problems: readonly Problem[]): Fault[] =>
    problems.map((problem) => lines.faultAt(problem, problem));
  const parser = parserProblems(document, text);
  const problems = [...unsafeCharacter(text), ...parser.problems, ...oddities(document)];
  if (parser.broken || hasAlias(document)) return { faults: faultsOf(problems) };
  const unfit = contentProblem(document);
  if (unfit) return { faults: faultsOf([...problems, unfit]) };
  return { source: createSource(file, lines, document), faults: faultsOf(problems) };
}

function sizeProblem(text: string): Problem | undefined {
  const bytes = new TextEncoder().encode(text).length;
  if (bytes <= maxBytes) return undefined;
  const hint = `a plan or environment has at most ${maxBytes} bytes`;
  return { start: 0, end: 0, code: 'PG101', message: `the file has ${bytes} bytes`, hint };
}

function unsafeCharacter(text: string): Problem[] {
  const found = unsafeCharacters.exec(text);
  if (!found) return [];
  const message = 'the file has a control or direction character';
  const hint = 'delete it; such characters can hide what a line says';
  return [{ start: found.index, end: found.index + 1, code: 'PG102', message, hint }];
}

function contentProblem({ contents }: Document): Problem | undefined {
  if (contents === null || (isScalar(contents) && contents.value === null)) {
    return { start: 0, end: 0, code: 'PG102', message: 'the file is empty', hint: header };
  }
  if (isMap(contents)) return undefined;
  const hint = `${header}, then one key per line`;
  return { start: 0, end: 1, code: 'PG102', message: 'the file is not a mapping', hint };
}
