import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** docs/reference/cli.md */
export function cliPage(): string {
  return `# The \`rsolv\` command

\`rsolv\` runs a server and administers its database. In the repository, call it with \`npm run rsolv --\`. Exit codes: 0 for
success, 1 for failure, 2 for wrong usage. [Administration](../operate/administration.md) shows it in use.

${sections([]).join('\n\n')}
`;
}

/** The help of a command and of everything below it. */
function sections(command: readonly string[]): string[] {
  const help = helpOf(command);
  const own = `## ${['rsolv', ...command].join(' ')}\n\n\`\`\`text\n${help.trim()}\n\`\`\``;
  return [own, ...subcommandsIn(help).flatMap((name) => sections([...command, name]))];
}

const subcommandsIn = (help: string): string[] =>
  [...(/^Commands:\n(.*)/ms.exec(help)?.[1] ?? '').matchAll(/^ {2}(?!help )([a-z]+)/gm)].map(([, name = '']) => name);

const helpOf = (command: readonly string[]): string =>
  execFileSync(process.execPath, [join(import.meta.dirname, '../../src/main.ts'), ...command, '--help'], {
    encoding: 'utf8',
  });
