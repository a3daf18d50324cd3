// Shell completion, derived from the commands. Why not a library: docs/decisions/terminal-output.md
import { Argument, type Command, type Option } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { completionScripts, type Candidate, type Completion } from './completion-scripts.ts';

const shells = Object.keys(completionScripts);

export function addCompletionCommand(program: Command, { output }: CommandContext): void {
  program
    .command('completion')
    .description('print a shell completion script; in bash: source <(rsolv completion bash)')
    .addArgument(new Argument('<shell>', 'the shell').choices(shells))
    .action((shell: keyof typeof completionScripts) =>
      output.printStyled(completionScripts[shell](completionsOf(program))),
    );
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
