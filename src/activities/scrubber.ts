/** Shorter values would blank out ordinary words. */
const shortest = 6;

export interface Scrubber {
  remember(value: string, name: string): void;
  scrub(text: string): string;
  scrubAll<T>(value: T): T;
  longest(): number;
}

/** Takes values out of texts, in the forms in which they usually leak. */
export function createScrubber(): Scrubber {
  const names = new Map<string, string>();
  let forms: string[] = [];
  const scrub = (text: string): string => {
    let clean = text;
    for (const form of forms) {
      if (clean.includes(form)) clean = clean.replaceAll(form, `[secret ${names.get(form)}]`);
    }
    return clean;
  };
  const scrubAll = <T>(value: T): T => scrubValue(value, scrub) as T;
  return {
    scrub,
    scrubAll,
    longest: () => forms[0]?.length ?? 0,
    remember(value, name) {
      if (names.has(value)) return;
      for (const form of formsOf(value)) {
        if (!names.has(form)) names.set(form, name);
      }
      // Longest first: a raw secret inside its own URL-encoded form would leave the rest of that form behind.
      forms = [...names.keys()].sort((a, b) => b.length - a.length);
    },
  };
}

function scrubValue(value: unknown, scrub: (text: string) => string): unknown {
  if (typeof value === 'string') return scrub(value);
  if (Array.isArray(value)) return value.map((item) => scrubValue(item, scrub));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [scrub(key), scrubValue(item, scrub)]));
}

function formsOf(value: string): string[] {
  const parts = [value, ...value.split(/\r?\n/).filter((line) => line.length >= 16)];
  const forms = parts.flatMap((part) => [
    part,
    JSON.stringify(part).slice(1, -1),
    encodeURIComponent(part),
    encodeURIComponent(part).replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    new URLSearchParams({ v: part }).toString().slice(2),
    ...base64Forms(part),
  ]);
  return [...new Set(forms)].filter((form) => form.length >= shortest);
}

/** A value inside a longer text (`user:secret` of Basic authentication) starts at any of three places of a base64 group. */
function base64Forms(value: string): string[] {
  if (value.length < shortest) return [];
  const bytes = Buffer.from(value);
  return [0, 1, 2].flatMap((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
    const core = encoded.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
    return [core, core.replaceAll('+', '-').replaceAll('/', '_')];
  });
}
