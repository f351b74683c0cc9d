/** One line of a metrics page. */
export interface ExposedSample {
  value: number;
  /** How the page writes the value. */
  text: string;
  /** Whether the line has a time of its own. */
  timed: boolean;
}

/** A page that is not in the text format; `message` names the line. */
export class ExpositionError extends Error {
  override readonly name = 'ExpositionError';
}

const label = String.raw`\s*[A-Za-z_]\w*\s*=\s*"(?:[^"\\\n]|\\.)*"\s*`;
const sampleLine = new RegExp(
  String.raw`^([A-Za-z_:][\w:]*)\s*(?:\{(?:${label}(?:,${label})*,?\s*)?\})?\s+(\S+)(?:\s+(-?\d+))?\s*$`
);
const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const special: Record<string, number> = {
  NaN: Number.NaN,
  '+Inf': Number.POSITIVE_INFINITY,
  Inf: Number.POSITIVE_INFINITY,
  '-Inf': Number.NEGATIVE_INFINITY,
};

/**
 * Reads a page in the Prometheus text format (version 0.0.4): sample name -> all its series. Strict: one line that is
 * not understood spoils the page, since nobody knows what else is wrong with it.
 *
 * @throws ExpositionError with the number and the beginning of the line
 */
export function parseExposition(page: string): Map<string, ExposedSample[]> {
  const samples = new Map<string, ExposedSample[]>();
  for (const [index, line] of page.split('\n').entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const match = sampleLine.exec(line);
    const [, name, text, time] = match ?? [];
    const value = text === undefined ? undefined : parseValue(text);
    if (name === undefined || text === undefined || value === undefined) {
      throw new ExpositionError(`line ${index + 1} is not a sample: ${JSON.stringify(line.slice(0, 80))}`);
    }
    const sample = { value, text, timed: time !== undefined };
    const series = samples.get(name);
    if (series) series.push(sample);
    else samples.set(name, [sample]);
  }
  return samples;
}

function parseValue(text: string): number | undefined {
  if (Object.hasOwn(special, text)) return special[text];
  return decimal.test(text) ? Number(text) : undefined;
}
