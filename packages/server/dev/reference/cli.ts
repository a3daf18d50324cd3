import { Readable } from 'node:stream';
import { runCli } from '../../src/cli/run-cli.ts';

/** docs/reference/cli.md */
export async function cliPage(): Promise<string> {
  return `# The \`rsolv\` command

\`rsolv\` runs a server and administers its database. In the repository, call it with \`npm run rsolv --\`. Exit codes: 0 for
success, 1 for failure, 2 for wrong usage. [Administration](../operate/administration.md) shows it in use.

${(await sections([])).join('\n\n')}
`;
}

/** The help of a command and of its subcommands. */
async function sections(command: readonly string[]): Promise<string[]> {
  const help = await helpOf(command);
  const all = [`## ${['rsolv', ...command].join(' ')}\n\n\`\`\`text\n${help.trim()}\n\`\`\``];
  for (const name of subcommandsIn(help)) all.push(...(await sections([...command, name])));
  return all;
}

const subcommandsIn = (help: string): string[] =>
  [...(/^Commands:\n(.*)/ms.exec(help)?.[1] ?? '').matchAll(/^ {2}(?!help )([a-z]+)/gm)].map(([, name = '']) => name);

async function helpOf(command: readonly string[]): Promise<string> {
  let text = '';
  const output = { write: (part: string) => (text += part) };
  const signals = { listen: () => {}, onStop: () => {} };
  const io = { program: 'rsolv', env: {}, stdin: Readable.from([]), stdout: output, stderr: output, signals };
  const exitCode = await runCli([...command, '--help'], io);
  if (exitCode !== 0) throw new Error(`rsolv ${command.join(' ')} --help failed: ${text}`);
  return text;
}
