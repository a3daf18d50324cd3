// Self-contained completion scripts: completing starts no process, and no shell evaluates what the user typed. A script
// finds the command in the words so far, then offers the words that may follow it or the option before the cursor.

/** A word that may come next, and its description. */
export interface Candidate {
  readonly word: string;
  readonly description: string;
}

/** An option with a value; without choices, nothing is offered for it. */
interface ValueOption extends Candidate {
  readonly choices: readonly string[];
}

/** A command with everything that may follow it. */
export interface Completion {
  /** The command with its parents, such as `rsolv key create`. */
  readonly path: string;
  readonly commands: readonly Candidate[];
  readonly flags: readonly Candidate[];
  readonly valueOptions: readonly ValueOption[];
  /** The choices of its argument. */
  readonly choices: readonly string[];
}

/** The function that makes a shell's script, by the shell's name. */
export const completionScripts = { bash: bashScript, zsh: zshScript, fish: fishScript };

const quote = (text: string) => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** A pattern of `case`. */
const alternatives = (texts: readonly string[]) => texts.map(quote).join(' | ');

const paths = (all: readonly Completion[]) => all.map(({ path }) => path).filter((path) => path.includes(' '));

/** Every option with a value, by whether its choices are known. */
function valueOptionsOf(all: readonly Completion[]) {
  const options = all.flatMap(({ path, valueOptions }) =>
    valueOptions.map(({ word, choices }) => ({ place: `${path} ${word}`, choices })),
  );
  return {
    known: options.filter(({ choices }) => choices.length > 0),
    unknown: options.filter(({ choices }) => choices.length === 0).map(({ place }) => place),
  };
}

const wordsAfter = ({ commands, choices, flags, valueOptions }: Completion) => [
  ...commands.map(({ word }) => word),
  ...choices,
  ...[...flags, ...valueOptions].map(({ word }) => word),
];

function bashScript(all: readonly Completion[]): string {
  const { known, unknown } = valueOptionsOf(all);
  return `# Completes rsolv in bash: source <(rsolv completion bash)
_rsolv() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]} command=rsolv words='' index
  # Bash splits --option=value into three words.
  if [[ $word == = ]]; then word=''
  elif [[ $before == = ]]; then before=\${COMP_WORDS[COMP_CWORD - 2]}
  fi
  for ((index = 1; index < COMP_CWORD; index++)); do
    case "$command \${COMP_WORDS[index]}" in
      ${alternatives(paths(all))}) command="$command \${COMP_WORDS[index]}" ;;
    esac
  done
  COMPREPLY=()
  case "$command $before" in
${known.map(({ place, choices }) => `    ${quote(place)}) words=${quote(choices.join(' '))} ;;`).join('\n')}
    ${alternatives(unknown)}) return ;;
    *) case "$command" in
${all.map((each) => `      ${quote(each.path)}) words=${quote(wordsAfter(each).join(' '))} ;;`).join('\n')}
    esac ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -F _rsolv rsolv`;
}

/** zsh separates a word from its description by a colon. */
const escapeColons = (text: string) => text.replaceAll(':', String.raw`\:`);

function zshScript(all: readonly Completion[]): string {
  const { known, unknown } = valueOptionsOf(all);
  const described = ({ word, description }: Candidate) => quote(`${word}:${escapeColons(description)}`);
  const lines = all.map(({ path, commands, choices, flags, valueOptions }) => {
    const candidates = [...commands, ...flags, ...valueOptions].map(described);
    return `      (${quote(path)}) candidates=(${[...choices, ...candidates].join(' ')}) ;;`;
  });
  return `#compdef rsolv
# Completes rsolv in zsh: source <(rsolv completion zsh), after compinit; or as a file _rsolv in a folder of $fpath
_rsolv() {
  local before=$words[CURRENT-1] command=rsolv word
  local -a candidates
  if [[ $PREFIX == --*=* ]]; then
    before=\${PREFIX%%=*}
    compset -P '*='
  fi
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "$command $word" in
      (${alternatives(paths(all))}) command="$command $word" ;;
    esac
  done
  case "$command $before" in
${known.map(({ place, choices }) => `    (${quote(place)}) candidates=(${choices.map((choice) => quote(escapeColons(choice))).join(' ')}) ;;`).join('\n')}
    (${alternatives(unknown)}) return 1 ;;
    (*) case "$command" in
${lines.join('\n')}
    esac ;;
  esac
  _describe rsolv candidates
}
if [[ $funcstack[1] == _rsolv ]]; then _rsolv "$@"; else compdef _rsolv rsolv; fi`;
}

function fishScript(all: readonly Completion[]): string {
  const fishQuote = (text: string) => `'${text.replaceAll(/['\\]/g, String.raw`\$&`)}'`;
  const lines = all.flatMap(({ path, commands, choices, flags, valueOptions }) => {
    const complete = `complete -c rsolv -n ${fishQuote(`__rsolv_at ${path}`)}`;
    const described = (arguments_: string, { description }: Candidate) =>
      `${complete} ${arguments_} -d ${fishQuote(description)}`;
    const long = ({ word }: Candidate) => `-l ${word.replace(/^-+/, '')}`;
    const values = ({ choices }: ValueOption) => (choices.length > 0 ? ` -a ${fishQuote(choices.join(' '))}` : '');
    return [
      ...commands.map((each) => described(`-a ${each.word}`, each)),
      ...choices.map((choice) => `${complete} -a ${choice}`),
      ...flags.map((each) => described(long(each), each)),
      ...valueOptions.map((each) => described(`${long(each)} -x${values(each)}`, each)),
    ];
  });
  return `# Completes rsolv in fish: rsolv completion fish | source
set -g __rsolv_paths ${paths(all).map(fishQuote).join(' ')}
function __rsolv_at
    set -l command rsolv
    for word in (commandline -opc)[2..-1]
        contains -- "$command $word" $__rsolv_paths; and set command "$command $word"
    end
    test "$command" = "$argv"
end
complete -c rsolv -f
${lines.join('\n')}`;
}
