import { findOnPath } from '../dev-server/index.js';
import { ok, warn, fail, type Finding } from './finding.js';

/** What of this machine matters: Node and the programs that are used when they are there. */
export function examineMachine(env: NodeJS.ProcessEnv): Finding[] {
  return [
    nodeFinding(process.versions.node),
    ...programs.map(({ name, why, remedy }) => {
      const place = findOnPath(name, env);
      return place === undefined ? warn(name, `not on the PATH (${why})`, remedy) : ok(name, place);
    }),
  ];
}

const programs = [
  { name: 'ssh-keygen', why: 'signs and verifies approvals', remedy: 'Install openssh-client.' },
  {
    name: 'prometheus',
    why: 'the demo measures with it',
    remedy: 'Install prometheus; without it metrics endpoints are read directly.',
  },
  {
    name: 'temporal',
    why: 'starts the development server fastest',
    remedy: 'Install the Temporal CLI; without it "phasegate server" finds another way.',
  },
];

export function nodeFinding(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19))
    return fail('Node.js', version, 'Use Node.js 20.19 or later, best 22 or 24.');
  return ok('Node.js', version);
}
