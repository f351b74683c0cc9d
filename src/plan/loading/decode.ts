import type { Fault } from './fault.js';
import { fileText } from './text.js';

/** The text of a file, or the fault that keeps it from being read. */
export type Decoded = { text: string; fault?: undefined } | { text?: undefined; fault: Fault };

/** Takes bytes for UTF-8 and nothing else; a byte that does not fit is shown where it stands. */
export function decodeUtf8(bytes: Uint8Array, file: string): Decoded {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
    return { fault: fileFault(file, 'the file is not UTF-8 text', 'save it as UTF-8', text, text.indexOf('\uFFFD')) };
  }
}

/** A fault of a file that has no text to show a place of. */
export function unreadable(file: string, message: string, hint: string): Fault {
  return { code: 'PG101', severity: 'error', file, line: 1, column: 1, path: '', message, hint, frame: '' };
}

/** A fault of a file as a whole, or of one character of it. */
export function fileFault(file: string, message: string, hint: string, text = '', at = 0): Fault {
  return fileText(file, text).faultAt({ start: at, end: at + 1 }, { code: 'PG101', message, hint });
}
