// `rsolv key create` and `rsolv key import`.
import type { InferEntity } from '@mikro-orm/core';
import { scopes, type Scope } from '@rsolv/shared/contract/api-key';
import { momentSyntax } from '@rsolv/shared/contract/moment';
import { Option, type Command } from 'commander';
import type { KeyOptions } from '../../accounts/create-key.ts';
import type { Actor } from '../../audit/actor.ts';
import type { Database, EntityManager } from '../../database/open-database.ts';
import type { ApiKey } from '../../entities/api-key.ts';
import type { CommandContext } from '../command-context.ts';
import { explainAccess } from '../explain-access.ts';
import { printRecord, type JsonOption } from '../records.ts';
import { withDatabase } from '../with-database.ts';
import {
  customerOption,
  jsonOption,
  parseExpiry,
  parseName,
  parseRepositories,
  parseScopes,
  parseSecret,
  requireKeyOptions,
} from './arguments.ts';
import { describeKey } from './describe-key.ts';

interface NewKeyOptions extends JsonOption {
  readonly customer: string;
  readonly name: string;
  readonly scopes?: Scope[];
  readonly repositories?: string[];
  readonly expires?: Date | 'never';
}

export function addNewKeyCommands(keys: Command, context: CommandContext): void {
  addCreateCommand(keys, context);
  addImportCommand(keys, context);
}

const addNewKeyOptions = (command: Command) =>
  command
    .addOption(customerOption())
    .addOption(new Option('--name <name>', 'what the key is used for').argParser(parseName).default('key'))
    .addOption(
      new Option('--scopes <scopes>', 'comma-separated; default: phases:read,phases:write')
        .choices(scopes)
        .argParser(parseScopes),
    )
    .addOption(
      new Option('--repositories <repos>', 'the only repositories that it may access: owner/name,owner/name').argParser(
        parseRepositories,
      ),
    )
    .addOption(
      new Option('--expires <time>', `when it expires: never, ${momentSyntax} from now; default: in a year`).argParser(
        parseExpiry,
      ),
    )
    .addOption(jsonOption());

async function keyOptions(em: EntityManager, by: Actor, options: NewKeyOptions): Promise<KeyOptions> {
  const { findCustomer } = await import('../../accounts/find-customer.ts');
  const { name, scopes, repositories, expires } = options;
  return {
    customer: await findCustomer(em, options.customer),
    by,
    name,
    scopes,
    repositories,
    expiresAt: expires === 'never' ? null : expires,
  };
}

function addCreateCommand(keys: Command, context: CommandContext): void {
  addNewKeyOptions(keys.command('create').description('create an API key and print it once')).action(
    async (options: NewKeyOptions) => {
      requireKeyOptions(options);
      await withDatabase(context, 'change', async ({ database, keyRing, by }) => {
        const { createKey } = await import('../../accounts/create-key.ts');
        const em = database.fork();
        const { apiKey, secret } = await createKey(em, await keyRing(), await keyOptions(em, by, options));
        printRecord(context.output, { ...describeKey(apiKey), apiKey: secret }, options);
        await printMissingAccess(context, { database, apiKey }, options);
      });
    },
  );
}

function addImportCommand(keys: Command, context: CommandContext): void {
  const command = keys
    .command('import')
    .description('import an API key from another system, so that its users can keep it')
    .addOption(new Option('--api-key <key>', 'the key; default: read from standard input'));
  addNewKeyOptions(command).action(async (options: NewKeyOptions & { apiKey?: string }) => {
    requireKeyOptions(options);
    const secret =
      parseSecret(options.apiKey, '--api-key') ?? parseSecret(await context.input.read(), 'standard input');
    await withDatabase(context, 'change', async ({ database, keyRing, by }) => {
      const { importKey } = await import('../../accounts/create-key.ts');
      const em = database.fork();
      const apiKey = await importKey(em, await keyRing(), { ...(await keyOptions(em, by, options)), secret });
      printRecord(context.output, describeKey(apiKey), options);
      await printMissingAccess(context, { database, apiKey }, options);
    });
  });
}

interface CreatedKey {
  readonly database: Database;
  readonly apiKey: InferEntity<typeof ApiKey>;
}

/**
 * Tells what a new key may not access. A restriction to repositories that the customer has no access to is most likely a
 * mistake, so it is a warning, also with --json; a customer without a verified forge account may get one later.
 */
async function printMissingAccess(
  { output }: CommandContext,
  { database, apiKey }: CreatedKey,
  { json }: JsonOption,
): Promise<void> {
  const { listForgeAccounts } = await import('../../accounts/list-forge-accounts.ts');
  const { describeForgeAccount } = await import('../../accounts/describe-forge-account.ts');
  const { maxRecordsPerCustomer } = await import('../../accounts/max-records-per-customer.ts');
  const customer = apiKey.customer.getEntity();
  const { forgeAccounts } = await listForgeAccounts(database.kysely, {
    customerId: customer.id,
    limit: maxRecordsPerCustomer,
  });
  const { missing } = explainAccess({
    subject: 'The key',
    customer: customer.name,
    apiKey,
    forgeAccounts: forgeAccounts.map(describeForgeAccount),
  });
  const [first, ...more] = missing;
  if (first === undefined) return;
  if (apiKey.repositories !== null) output.printWarning(first, ...more);
  else if (json === undefined) for (const line of missing) output.printHint(line);
}
