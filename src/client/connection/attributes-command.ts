import { searchAttributes } from '../../plan/search-attributes.js';

/** `KEYWORD_LIST` as the Temporal CLI writes it: `KeywordList`. */
const spelled = (type: string): string =>
  type.toLowerCase().replace(/(?:^|_)./g, (part) => part.slice(-1).toUpperCase());

/** Name -> type of every search attribute that runs carry. */
const ours = Object.fromEntries(Object.values(searchAttributes).map(({ name, type }) => [name, spelled(type)]));

/**
 * The command that a person types to add search attributes to a namespace; what is there already is left as it is.
 *
 * @param attributes name -> type; default: all that runs carry
 */
export function attributesCommand(namespace: string, attributes: Readonly<Record<string, string>> = ours): string {
  const each = Object.entries(attributes).map(([name, type]) => `--name ${name} --type ${type}`);
  return `temporal operator search-attribute create --namespace ${namespace} ${each.join(' ')}`;
}
