// What `rsolv serve` prints once it is listening: its URL, where the data is, and what to do next.
import { local } from '../audit/actor.ts';
import type { Config } from '../config/config.ts';
import { version } from '../config/version.ts';
import type { RunningPlatform } from '../lifecycle/start-platform.ts';
import type { CommandContext } from './command-context.ts';
import type { Output } from './output.ts';

interface GreetingContext extends CommandContext {
  readonly config: Config;
}

/** Prints the greeting. On a new embedded database it also creates a customer with an API key. */
export async function greet(running: RunningPlatform, { config, io, output }: GreetingContext): Promise<void> {
  printAddresses(running, config.database, output);
  const { database } = running.platform;
  const { listCustomers } = await import('../accounts/list-customers.ts');
  const hasCustomers = async () => (await listCustomers(database.kysely, { limit: 1 })).customers.length > 0;
  if (config.database.kind === 'postgres') {
    // The hint is optional: a server that lost its database meanwhile goes on without it.
    if (await hasCustomers().catch(() => true)) return;
    output.print(`There are no customers yet. Create one with: ${io.program} setup --customer NAME --namespace OWNER`);
  } else if (await hasCustomers()) {
    const command = `${io.program} key create --customer NAME`;
    output.print(`The API key was shown at the first start. To create another, stop the server and run: ${command}`);
  } else {
    await createFirstKey(running, config.firstNamespace, output);
  }
}

function printAddresses({ url, metricsUrl }: RunningPlatform, database: Config['database'], output: Output): void {
  const data = database.kind === 'embedded' ? `${database.dataDir} (embedded)` : 'PostgreSQL, from DATABASE_URL';
  if (!output.isTerminal) {
    output.print(`RSOLV phase data platform ${version}: ${url}, API documentation: ${url}/docs`);
    if (metricsUrl !== undefined) output.print(`Metrics: ${metricsUrl}`);
    output.print(`Data: ${data}`);
    return;
  }
  const printField = (name: string, value: string) =>
    output.printStyled(`  ${output.style('dim', name.padEnd(9))}  ${value}`);
  output.printStyled(`\n${output.style('bold', `RSOLV phase data platform ${version}`)}\n`);
  printField('URL', output.style(['bold', 'cyan'], url));
  printField('API docs', output.style('cyan', `${url}/docs`));
  if (metricsUrl !== undefined) printField('Metrics', output.style('cyan', metricsUrl));
  printField('Data', output.style('none', data));
  printField('Stop with', 'Ctrl-C\n');
}

async function createFirstKey(
  { url, platform: { database, keyRing } }: RunningPlatform,
  namespace: string,
  output: Output,
): Promise<void> {
  const { setUpCustomer } = await import('../accounts/set-up-customer.ts');
  const { apiKey } = await setUpCustomer(database.fork(), keyRing, {
    customerName: 'local',
    forge: 'github',
    namespace,
    by: local('platform'),
  });
  if (!output.isTerminal) output.printStyled('');
  output.print(`Created the customer "local" with the GitHub namespace ${namespace} and an API key, shown only once:`);
  output.printStyled(`\n  ${output.style(['bold', 'yellow'], apiKey)}\n`);
  output.print('Try it: run these commands one after the other. Each stores a phase and retrieves all phases so far.');
  for (const line of curlCommands(url, apiKey, namespace)) output.printStyled(`\n${line}`);
  output.printStyled('');
}

/** A curl command for each phase, each at a later commit than the one before. */
function curlCommands(url: string, apiKey: string, namespace: string): string[] {
  const repo = `${namespace}/demo`;
  const scanned = '692f480c9ebd731a6b48cf6cdbe3ca92c8724c8a';
  const vulnerability = { type: 'command_injection', severity: 'critical', filePath: 'Gruntfile.js', line: 14 };
  const bodies = [
    { phase: 'scan', repo, commitSha: scanned, branch: 'main', data: { vulnerabilities: [vulnerability] } },
    {
      phase: 'validation',
      repo,
      issueNumber: 42,
      commitSha: '5d0b5a1e6c2f4f6e9a3c1b7d8e0f2a4c6b8d0e1f',
      data: { validated: true, testPath: 'test/gruntfile.test.js' },
    },
    {
      phase: 'mitigation',
      repo,
      issueNumber: 42,
      commitSha: '9c4e2b7a1d3f5e6c8b0a2d4f6e8c0b1a3d5f7e9c',
      data: { prUrl: `https://github.com/${repo}/pull/43`, fixes: [{ file: 'Gruntfile.js' }] },
    },
  ];
  const key = `-H 'x-api-key: ${apiKey}'`;
  const retrieve = `curl -sS '${url}/api/v1/phases/retrieve?repo=${repo}&issue=42&commit=${scanned}' ${key} -w '\\n'`;
  return bodies.map(
    (body) =>
      `curl -sS ${url}/api/v1/phases/store ${key} -H 'content-type: application/json' -d '${JSON.stringify(body)}' -w '\\n' && ${retrieve}`,
  );
}
