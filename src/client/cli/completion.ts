import type { Command, Option } from 'commander';

/** What a shell offers behind a command: its options, and the values of those that have a choice. */
interface Offered {
  names: string[];
  options: string[];
  /** Option -> its values, or what kind of file it names. */
  values: Record<string, string>;
}

/**
 * A script that completes commands, options and choices; everything else is completed as a file name. The script is
 * fixed: pressing Tab starts no process of ours.
 */
export function bashCompletion(program: Command): string {
  const everywhere = optionNames(program.options);
  const commands = program.commands.map((command): Offered => {
    const names = [command.name(), ...command.aliases()];
    return {
      names,
      options: [
        ...new Set([command, ...command.commands].flatMap(({ options }) => optionNames(options))),
        ...everywhere,
        '--help',
      ],
      values: {
        ...below(command),
        ...Object.assign({}, ...[command, ...command.commands].map(({ options }) => choices(options))),
      },
    };
  });
  const known = commands.flatMap(({ names }) => names);
  const taking = program.options.filter((option) => option.required).flatMap(flagsOf);
  return `_phasegate() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" command='' word skip=''
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    if [[ -n $skip ]]; then skip=''; continue; fi
    case "$word" in
      ${taking.join('|')}) skip=1 ;;
      ${known.join('|')}) command="$word"; break ;;
    esac
  done
  local offered=''
  case "$command:$previous" in
${commands.flatMap(valueCases).join('\n')}
  esac
  if [[ -z $offered ]]; then
    case "$command" in
      '') offered='${[...known, ...everywhere, '--version', '--help'].join(' ')}' ;;
${commands.map(optionCase).join('\n')}
    esac
  fi
  [[ -z $command || $current == -* || $offered != *--* ]] && COMPREPLY=($(compgen -W "$offered" -- "$current"))
}
complete -o default -F _phasegate phasegate
`;
}

function valueCases({ names, values }: Offered): string[] {
  return Object.entries(values).map(
    ([flags, offered]) =>
      `    ${names.flatMap((name) => flags.split('|').map((flag) => `${name}:${flag}`)).join('|')}) offered='${offered}' ;;`
  );
}

function optionCase({ names, options }: Offered): string {
  return `      ${names.join('|')}) offered='${options.join(' ')}' ;;`;
}

function optionNames(options: readonly Option[]): string[] {
  return options.filter((option) => !option.hidden).flatMap(({ long }) => long ?? []);
}

function flagsOf({ short, long }: Option): string[] {
  return [short, long].filter((flag) => flag !== undefined);
}

/** Behind a command that has others below it comes one of those. */
function below(command: Command): Record<string, string> {
  const names = command.commands.map((one) => one.name());
  return names.length > 0 ? { [command.name()]: names.join(' ') } : {};
}

function choices(options: readonly Option[]): Record<string, string> {
  return Object.fromEntries(
    options.flatMap((option) => (option.argChoices ? [[flagsOf(option).join('|'), option.argChoices.join(' ')]] : []))
  );
}
