import { describe, expect, it } from 'vitest';
import { fitting } from '../../../src/client/cli/io.js';

describe('lines that are to fit', () => {
  it.each([
    ['are cut on a narrow terminal', { isTTY: true, columns: 8 }, ['RUN  WA…', 'a']],
    ['stay whole on a wide one', { isTTY: true, columns: 80 }, ['RUN  WAITS FOR', 'a']],
    ['stay whole on one that tells no width', { isTTY: true, columns: 0 }, ['RUN  WAITS FOR', 'a']],
    ['stay whole in a pipe', { isTTY: false, columns: 8 }, ['RUN  WAITS FOR', 'a']],
  ])('%s', (_how, stream, lines) => {
    expect(fitting(['RUN  WAITS FOR', 'a'], stream)).toEqual(lines);
  });
});
