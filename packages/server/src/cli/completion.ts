// Completion for shells, from the commands themselves, so that it knows what they know. Why not a library: docs/decisions/for-eyes.md
import { Argument, type Command, type Option } from 'commander';
import { completionScripts } from './completion-scripts.ts';
import { write } from './output.ts';

/** A word that may come next, and what it means. */
export interface Candidate {
  readonly word: string;
  readonly description: string;
}

/** An option that wants a value; without choices, one that nobody else can know. */
export interface ValueOption extends Candidate {
  readonly choices: readonly string[];
}

/** A command with all that may come after it. */
export interface Completion {
  /** With its parents' names, as in `rsolv key create`. */
  readonly path: string;
  readonly commands: readonly Candidate[];
  readonly flags: readonly Candidate[];
  readonly valueOptions: readonly ValueOption[];
  /** Of its argument. */
  readonly choices: readonly string[];
}

const shells = Object.keys(completionScripts);

export function addCompletionCommand(program: Command): void {
  program
    .command('completion')
    .description('print a script that completes commands and options, as for: source <(rsolv completion bash)')
    .addArgument(new Argument('<shell>', 'which shell').choices(shells))
    .action((shell: keyof typeof completionScripts) => write(completionScripts[shell](completionsOf(program))));
}

function completionsOf(command: Command, parents: readonly string[] = []): Completion[] {
  const path = [...parents, command.name()];
  const options = command.createHelp().visibleOptions(command);
  const completion = {
    path: path.join(' '),
    commands: command.commands.map((each) => ({ word: each.name(), description: each.description() })),
    flags: options.filter((option) => option.isBoolean()).map(candidateOf),
    valueOptions: options
      .filter((option) => !option.isBoolean())
      .map((option) => Object.assign(candidateOf(option), { choices: option.argChoices ?? [] })),
    choices: command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
  };
  return [completion, ...command.commands.flatMap((each) => completionsOf(each, path))];
}

const candidateOf = ({ long, short, flags, description }: Option): Candidate => ({
  word: long ?? short ?? flags,
  description,
});
