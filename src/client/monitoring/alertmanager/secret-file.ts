import path from 'node:path';

/** Where a deployment of Alertmanager is to put the values of secrets that the environment names as variables. */
export const secretFolder = '/etc/alertmanager/secrets';

const reference = /\$\{(env|file):([^}]*)\}/;

/** The file that holds a secret; undefined when the text holds no reference. */
export function secretFile(text: string): { file: string; remark: string } | undefined {
  const [, kind, name = ''] = reference.exec(text) ?? [];
  if (kind === undefined) return undefined;
  if (kind === 'file') return { file: name, remark: `Alertmanager reads the secret file ${name}` };
  const file = path.posix.join(secretFolder, name);
  return { file, remark: `put the value of ${name} into ${file}, readable by Alertmanager alone` };
}

/** A URL that Alertmanager can only take as text, when it is a secret: one that leads nowhere and says what belongs there. */
export function placeholderUrl(text: string): { url: string; remark: string } | undefined {
  const [, kind, name = ''] = reference.exec(text) ?? [];
  if (kind === undefined) return undefined;
  const url = `https://replace-me.invalid/${encodeURIComponent(`${kind}:${name}`)}`;
  return { url, remark: `replace ${url} by the address in ${kind === 'env' ? 'the variable' : 'the file'} ${name}` };
}
