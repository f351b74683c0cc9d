import { afterEach, describe, expect, it, vi } from 'vitest';
import { needs } from '../needs.js';
import { scratchFolder, standIn } from './scratch.js';

afterEach(() => vi.unstubAllEnvs());

describe('a test that needs a command', () => {
  it('gets its path where it is installed', () => {
    const folder = scratchFolder();
    const command = standIn(`${folder}/prometheus`, 'exit 0');
    vi.stubEnv('PATH', folder);
    expect(needs('prometheus', 'apt-get install prometheus')).toBe(command);
  });

  it('fails under CI where it is missing, with the line that installs it', () => {
    vi.stubEnv('PATH', scratchFolder());
    vi.stubEnv('CI', 'true');
    expect(() => needs('prometheus', 'apt-get install prometheus')).toThrow(
      'under CI nothing is skipped; this needs `prometheus`: apt-get install prometheus'
    );
  });
});
