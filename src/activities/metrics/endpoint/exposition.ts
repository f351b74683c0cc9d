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

const sampleName = /^[A-Za-z_:][\w:]*/;
/** One label up to the comma or brace behind it, or the closing brace itself. */
const label = /\s*(?:[A-Za-z_]\w*\s*=\s*"(?:[^"\\]|\\.)*"\s*(?:,\s*(?=[A-Za-z_}])|(?=\}))|\})/y;
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
    const fields = fieldsOf(line);
    const value = fields && parseValue(fields.text);
    if (fields === undefined || value === undefined) {
      throw new ExpositionError(`line ${index + 1} is not a sample: ${JSON.stringify(line.slice(0, 80))}`);
    }
    const { name, text, time } = fields;
    const sample = { value, text, timed: time !== undefined };
    const series = samples.get(name);
    if (series) series.push(sample);
    else samples.set(name, [sample]);
  }
  return samples;
}

function fieldsOf(line: string): { name: string; text: string; time: string | undefined } | undefined {
  const name = sampleName.exec(line)?.[0];
  if (name === undefined) return undefined;
  const behindName = line.slice(name.length);
  const rest = behindName.trimStart().startsWith('{') ? behindLabels(behindName.trimStart()) : behindName;
  if (rest === behindName && !/^\s/.test(rest)) return undefined;
  const [text, time, ...more] = rest?.trim().split(/\s+/) ?? [];
  if (text === undefined || more.length > 0 || (time !== undefined && !/^-?\d+$/.test(time))) return undefined;
  return { name, text, time };
}

/** What stands behind the closing brace; undefined when the labels are malformed. Label by label, so in linear time. */
function behindLabels(text: string): string | undefined {
  label.lastIndex = 1;
  for (;;) {
    const match = label.exec(text);
    if (!match) return undefined;
    if (match[0].trim() === '}') return text.slice(label.lastIndex);
  }
}

function parseValue(text: string): number | undefined {
  if (Object.hasOwn(special, text)) return special[text];
  return decimal.test(text) ? Number(text) : undefined;
}
