import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The commands of a deploy target as scripts: the revision stands in a file, and every run is written down. */
export interface DeployScripts {
  /** Replaces the body of a script; it runs after the line that writes it down. */
  script(name: 'read' | 'apply' | 'undo', body: string): void;
  revision(): string;
  setRevision(revision: string): void;
  /** `apply v2 key`, one line per run of `apply` and `undo`. */
  runs(): string[];
}

export function deployScripts(workdir: string): DeployScripts {
  const at = (name: string): string => join(workdir, name);
  const script: DeployScripts['script'] = (name, body) => {
    const note = name === 'read' ? '' : `echo "${name} $1 $PHASEGATE_IDEMPOTENCY_KEY" >> "${at('runs')}"\n`;
    writeFileSync(at(name), `#!/bin/sh\n${note}${body}\n`);
    chmodSync(at(name), 0o700);
  };
  writeFileSync(at('revision'), 'v1\n');
  script('read', `cat "${at('revision')}"`);
  script('apply', `echo "$1" > "${at('revision')}"`);
  script('undo', `echo "$1" > "${at('revision')}"`);
  return {
    script,
    revision: () => readFileSync(at('revision'), 'utf8').trim(),
    setRevision: (revision) => writeFileSync(at('revision'), `${revision}\n`),
    runs: () => (existsSync(at('runs')) ? readFileSync(at('runs'), 'utf8').trim().split('\n') : []),
  };
}
