// Completion for shells, from the commands themselves, so that it knows what they know. Why not a library:
// docs/decisions/for-eyes.md
import { Argument, type Command, type Option } from 'commander';
import { completionScripts, type Candidate, type Completion } from './completion-scripts.ts';
import { write } from './output.ts';

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
