import { describe, expect, it } from 'vitest';
import { serverLines } from '../../../src/client/cli/server.js';

const usual = { address: '127.0.0.1:7233', uiUrl: 'http://127.0.0.1:8233', how: 'built' } as const;

describe('phasegate server says where it is', () => {
  it('and nothing more where everybody looks', () => {
    expect(serverLines(usual, {})).toEqual([
      'Temporal: 127.0.0.1:7233',
      'Web UI:   http://127.0.0.1:8233',
      'In other terminals:',
      '  export PHASEGATE_UI_URL=http://127.0.0.1:8233',
      '  phasegate worker --env ENVIRONMENT',
      'Ctrl-C stops the server.',
    ]);
  });

  const elsewhere = { ...usual, address: '127.0.0.1:4001', uiUrl: 'http://127.0.0.1:4002' };

  it('why it is elsewhere, and how others find it', () => {
    const lines = serverLines(elsewhere, {});
    expect(lines).toContain('Temporal: 127.0.0.1:4001 (port 7233 was taken)');
    expect(lines).toContain('Web UI:   http://127.0.0.1:4002 (port 8233 was taken)');
    expect(lines).toContain('  export TEMPORAL_ADDRESS=127.0.0.1:4001');
  });

  it.each([
    ['ports were named', serverLines(elsewhere, { port: 4001, uiPort: 4002 })],
    ["the server is somebody else's", serverLines({ ...elsewhere, how: 'existing' }, {})],
  ])('and gives no reason where %s', (_, lines) => {
    expect(lines.join(' ')).not.toContain('taken');
  });
});
