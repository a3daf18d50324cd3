// What `rsolv serve` prints once it is listening: its URL, where the data is, and what to do next. On a terminal that is
// text; elsewhere one line of JSON, as what reads the output is most likely a log. A log is no place for an API key, so the
// first one is in a file of the data folder then.
import { local } from '../audit/actor.ts';
import type { Config } from '../config/config.ts';
import { version } from '../config/version.ts';
import type { RunningPlatform } from '../lifecycle/start-platform.ts';
import type { CommandContext } from './command-context.ts';
import { curlCommands } from './curl-commands.ts';
import { existingKeyFile, writeKeyFile } from './first-key-file.ts';
import type { Output } from './output.ts';
import { printJson } from './records.ts';
import { shellWord } from './shell-word.ts';

interface GreetingContext extends CommandContext {
  readonly config: Config;
  /** Whether the server runs commands while it uses the data folder. */
  readonly acceptsCommands: boolean;
}

/** What an operator does next. */
interface NextStep {
  readonly next?: string;
  /** Where the API key of the first start is. */
  readonly keyFile?: string;
}

/** Prints the greeting. On a new embedded database it also creates a customer with an API key. */
export async function greet(running: RunningPlatform, context: GreetingContext): Promise<void> {
  const { config, output } = context;
  if (output.isTerminal) printAddresses(running, config.database, output);
  const { next, keyFile } = await findNextStep(running, context);
  if (output.isTerminal) {
    if (next !== undefined) output.print(next);
    return;
  }
  const { url, metricsUrl } = running;
  const docs = `${url}/docs`;
  const data = describeData(config.database);
  const time = new Date().toISOString();
  printJson(output, { level: 'info', time, msg: 'running', version, url, docs, metricsUrl, data, keyFile, next });
}

async function findNextStep(running: RunningPlatform, context: GreetingContext): Promise<NextStep> {
  const { config, io, acceptsCommands } = context;
  const { kysely } = running.platform.database;
  const { listCustomers } = await import('../accounts/list-customers.ts');
  const readCustomers = () => listCustomers(kysely, { limit: 100 });
  if (config.database.kind === 'postgres') {
    // The hint is optional: a server that lost its database meanwhile goes on without it.
    const hasCustomers = await readCustomers().then(
      ({ customers }) => customers.length > 0,
      () => true,
    );
    if (hasCustomers) return {};
    return {
      next: `There are no customers yet. Create one with: ${io.program} setup --customer NAME --namespace OWNER`,
    };
  }
  const names = (await readCustomers()).customers.map(({ name }) => name);
  const name = names.find((each) => each === firstCustomer) ?? names[0];
  if (name === undefined) return createFirstKey(running, context);
  const command = `${io.program} key create --customer ${shellWord(name)}`;
  const keyFile = existingKeyFile(config.database.dataDir);
  const shown = keyFile === undefined ? 'was shown at the first start' : `of the first start is in ${keyFile}`;
  const next = `The API key ${shown}. To create another, ${acceptsCommands ? 'run' : 'stop the server and run'}: ${command}`;
  return { next, ...(keyFile !== undefined && { keyFile }) };
}

/** The customer that the first start creates. */
const firstCustomer = 'local';

const describeData = (database: Config['database']) =>
  database.kind === 'embedded' ? `${database.dataDir} (embedded)` : 'PostgreSQL, from DATABASE_URL';

function printAddresses({ url, metricsUrl }: RunningPlatform, database: Config['database'], output: Output): void {
  const printField = (name: string, value: string) =>
    output.printStyled(`  ${output.style('dim', name.padEnd(9))}  ${value}`);
  output.printStyled(`\n${output.style('bold', `RSOLV phase data platform ${version}`)}\n`);
  printField('URL', output.style(['bold', 'cyan'], url));
  printField('API docs', output.style('cyan', `${url}/docs`));
  if (metricsUrl !== undefined) printField('Metrics', output.style('cyan', metricsUrl));
  printField('Data', output.style('none', describeData(database)));
  printField('Stop with', 'Ctrl-C\n');
}

async function createFirstKey(
  { url, platform: { database, keyRing } }: RunningPlatform,
  { config, io, output }: GreetingContext,
): Promise<NextStep> {
  const { setUpCustomer } = await import('../accounts/set-up-customer.ts');
  const { firstNamespace: namespace } = config;
  const customerName = firstCustomer;
  const create = () =>
    setUpCustomer(database.fork(), keyRing, { customerName, forge: 'github', namespace, by: local('platform') });
  const created = `Created the customer "${customerName}" with the GitHub namespace ${namespace} and an API key`;
  const start = io.program.startsWith('npm ') ? 'npm start' : `${io.program} serve`;
  const others =
    `To store for your own organization, add it: ${io.program} setup --customer ${customerName} --namespace my-org --no-key. ` +
    `Or begin with it, on a new data folder: RSOLV_NAMESPACE=my-org ${start}`;
  if (!output.isTerminal && config.database.kind === 'embedded') {
    const keyFile = await writeKeyFile(config.database.dataDir, async () => (await create()).apiKey);
    return { keyFile, next: `${created}, which is in ${keyFile}: copy it, then delete the file. ${others}` };
  }
  const { apiKey } = await create();
  output.print(`${created}, shown only once:`);
  output.printStyled(`\n  ${output.style(['bold', 'yellow'], apiKey)}\n`);
  output.print('Try it: run these commands one after the other. Each stores a phase and retrieves all phases so far.');
  for (const line of curlCommands(url, apiKey, namespace)) output.printStyled(`\n${line}`);
  output.printStyled('');
  return { next: others };
}
