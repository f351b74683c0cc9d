import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { environmentWarning } from '../../../src/client/cli/environment-warning.js';
import { scratchFolder } from '../../support/servers/scratch.js';

function folderWith(...ids: string[]): string {
  const folder = scratchFolder();
  for (const id of ids) writeFileSync(path.join(folder, `${id}.yaml`), '');
  return folder;
}

describe('a worker that is given only the id of an environment', () => {
  it('says nothing when there is a file of that name', () => {
    expect(environmentWarning('lab', [folderWith('demo'), folderWith('lab')])).toBeUndefined();
  });

  it('warns of a name that no file bears, with the one that may be meant', () => {
    expect(environmentWarning('laab', [folderWith('lab'), folderWith('demo')])).toBe(
      '! no environments/laab.yaml here: polling by the id alone; did you mean lab? (here are: demo, lab)'
    );
  });

  it('warns where there are no environments at all', () => {
    expect(environmentWarning('laab', [path.join(scratchFolder(), 'none')])).toBe(
      '! no environments/laab.yaml here: polling by the id alone (there are no environments here)'
    );
  });
});
