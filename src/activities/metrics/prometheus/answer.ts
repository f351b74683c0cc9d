import { z } from 'zod';
import type { Reading } from '../../../plan/judge-types.js';
import { numberReading } from '../reader.js';
import type { SourceAnswer } from '../request.js';

const point = z.tuple([z.number(), z.string()]);
const scalar = z.object({ resultType: z.enum(['scalar', 'string']), result: point });
const vector = z.object({ resultType: z.literal('vector'), result: z.array(z.object({ value: point.optional() })) });
const matrix = z.object({
  resultType: z.literal('matrix'),
  result: z.array(z.object({ values: z.array(point).optional() })),
});
const success = z.object({
  status: z.literal('success'),
  data: z.discriminatedUnion('resultType', [scalar, vector, matrix]),
  warnings: z.array(z.string()).optional(),
});
const refusal = z.object({ status: z.literal('error'), errorType: z.string(), error: z.string() });

type Data = z.infer<typeof success>['data'];
type Parsed = { data: Data } | { problem: Reading };

/** How far the answer's own time may lie from the instant asked for: float seconds, and sources that round them. */
const sameInstantMs = 999;

/** The reading in the answer to an instant query. */
export function instantReading(answer: SourceAnswer, instant: number): Reading {
  const parsed = parse(answer);
  if ('problem' in parsed) return parsed.problem;
  const { data } = parsed;
  if (data.resultType === 'scalar') return pointReading(data.result, instant);
  if (data.resultType !== 'vector') return wrongType(data.resultType);
  return oneOf(data.result.map(({ value }) => (value ? pointReading(value, instant) : histogram)));
}

/** One reading per instant (epoch ms) from the answer to a range query over exactly these instants. */
export function rangeReadings(answer: SourceAnswer, instants: readonly number[]): Reading[] {
  const parsed = parse(answer);
  const all = (reading: Reading): Reading[] => instants.map(() => reading);
  if ('problem' in parsed) return all(parsed.problem);
  const { data } = parsed;
  if (data.resultType !== 'matrix') return all(wrongType(data.resultType));
  if (data.result.some(({ values }) => values === undefined)) return all(histogram);
  const found = new Map<number, Reading[]>();
  for (const [seconds, text] of data.result.flatMap(({ values = [] }) => values)) {
    const instant = Math.round(seconds * 1000);
    found.set(instant, [...(found.get(instant) ?? []), textReading(text)]);
  }
  return instants.map((instant) => oneOf(found.get(Math.round(instant)) ?? []));
}

const histogram: Reading = { kind: 'invalid', reason: 'the answer is a histogram, one number is needed' };

function parse(answer: SourceAnswer): Parsed {
  if (!answer.ok) return wrong(answer.reason);
  const body = readJson(answer.text);
  const refused = refusal.safeParse(body);
  if (refused.success) {
    return wrong(`HTTP ${answer.status}, ${refused.data.errorType}: ${refused.data.error.slice(0, 300)}`);
  }
  if (answer.status !== 200) return wrong(`HTTP ${answer.status}`);
  const parsed = success.safeParse(body);
  if (!parsed.success) return wrong('the answer is not one of the Prometheus API');
  const { data, warnings = [] } = parsed.data;
  // A warning says that data is missing (a store that did not answer): what is there may look better than the whole.
  return warnings.length > 0 ? wrong(`the answer may be partial: ${warnings.join('; ').slice(0, 300)}`) : { data };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // No JSON is no answer of the API, which is what the caller goes on to say.
    return undefined;
  }
}

function wrong(reason: string): { problem: Reading } {
  return { problem: { kind: 'error', reason } };
}

function wrongType(type: string): Reading {
  return { kind: 'invalid', reason: `the answer is a ${type}, one number is needed` };
}

function oneOf(readings: readonly Reading[]): Reading {
  const [first] = readings;
  if (first === undefined) return { kind: 'no-data' };
  if (readings.length === 1) return first;
  return { kind: 'invalid', reason: `${readings.length} series where one is needed` };
}

function pointReading([seconds, text]: [number, string], instant: number): Reading {
  if (Math.abs(seconds * 1000 - instant) > sameInstantMs) {
    return { kind: 'invalid', reason: `the answer is for another instant (${new Date(seconds * 1000).toISOString()})` };
  }
  return textReading(text);
}

function textReading(text: string): Reading {
  return numberReading(text.trim() === '' ? Number.NaN : Number(text), text);
}
