import { text } from 'node:stream/consumers';
import type { InferEntity } from '@mikro-orm/core';
import type { Scope } from '@rsolv/shared/contract/api-key';
import { Option, type Command } from 'commander';
import type { Actor } from '../audit/actor.ts';
import type { KeyOptions } from '../accounts/create-key.ts';
import type { EntityManager } from '../database/open-database.ts';
import type { ApiKey } from '../entities/api-key.ts';
import {
  customerOption,
  jsonOption,
  parseDuration,
  parseExpiry,
  parseName,
  parseRepositories,
  parseScopes,
  parseSecret,
} from './arguments.ts';
import { withDatabase } from './database-command.ts';
import { addListCommand } from './list-command.ts';
import { printRecord, type OutputOptions, type Shown } from './output.ts';

interface NewKeyOptions extends OutputOptions {
  readonly customer: string;
  readonly name: string;
  readonly scopes?: Scope[];
  readonly repositories?: string[];
  readonly expires?: Date | 'never';
}

export function addKeyCommands(program: Command): void {
  const keys = program.command('key').description('API keys: secrets that speak for a customer');
  addCreateCommand(keys);
  addImportCommand(keys);
  addListCommand(keys, {
    description: 'show keys, without their secrets',
    whenEmpty: 'There are no keys yet. Make one with: rsolv key create',
    load: async (em, customerId) => {
      const { listAllKeys, listKeys } = await import('../accounts/list-keys.ts');
      return (await (customerId === undefined ? listAllKeys(em) : listKeys(em, customerId))).map(show);
    },
  });
  addRotateCommand(keys);
  addRevokeCommand(keys);
}

const addNewKeyOptions = (command: Command) =>
  command
    .addOption(customerOption())
    .addOption(new Option('--name <name>', 'what the key is for').argParser(parseName).default('key'))
    .addOption(
      new Option(
        '--scopes <scopes>',
        'what it may do: phases:read, phases:write, manage; default the first two',
      ).argParser(parseScopes),
    )
    .addOption(
      new Option('--repositories <repos>', 'the only ones it may reach, as owner/name,owner/name').argParser(
        parseRepositories,
      ),
    )
    .addOption(
      new Option('--expires <date>', 'when it stops to count, or never; default in a year').argParser(parseExpiry),
    )
    .addOption(jsonOption());

async function keyOptions(em: EntityManager, by: Actor, options: NewKeyOptions): Promise<KeyOptions> {
  const { findCustomer } = await import('../accounts/find-customer.ts');
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

function addCreateCommand(keys: Command): void {
  addNewKeyOptions(keys.command('create').description('make a key and show it, this once')).action(
    (options: NewKeyOptions) =>
      withDatabase(async ({ database, keyRing, by }) => {
        const { createKey } = await import('../accounts/create-key.ts');
        const em = database.fork();
        const { apiKey, secret } = await createKey(em, keyRing(), await keyOptions(em, by, options));
        printRecord({ ...show(apiKey), apiKey: secret }, options);
      }),
  );
}

function addImportCommand(keys: Command): void {
  addNewKeyOptions(
    keys
      .command('import')
      .description('let a key that exists elsewhere count here, so that its holders keep their secret')
      .addOption(new Option('--api-key <key>', 'the key; default: read from standard input').argParser(parseSecret)),
  ).action(async (options: NewKeyOptions & { apiKey?: string }) => {
    const secret = options.apiKey ?? parseSecret((await text(process.stdin)).trim());
    await withDatabase(async ({ database, keyRing, by }) => {
      const { importKey } = await import('../accounts/create-key.ts');
      const em = database.fork();
      printRecord(show(await importKey(em, keyRing(), { ...(await keyOptions(em, by, options)), secret })), options);
    });
  });
}

function addRotateCommand(keys: Command): void {
  keys
    .command('rotate')
    .description('make a key that may do the same, and let the old one count for a while beside it')
    .argument('<apiKeyId>', 'as rsolv key list shows it')
    .addOption(
      new Option('--overlap <time>', 'how long the old one counts').argParser(parseDuration).default('24h', '24h'),
    )
    .addOption(jsonOption())
    .action((apiKeyId: string, { overlap, ...output }: OutputOptions & { overlap: number | string }) =>
      withDatabase(async ({ database, keyRing, by }) => {
        const { rotateKey } = await import('../accounts/rotate-key.ts');
        const overlapMs = typeof overlap === 'number' ? overlap : parseDuration(overlap);
        const { apiKey, secret, old } = await rotateKey(database.fork(), keyRing(), { apiKeyId, overlapMs, by });
        printRecord({ ...show(apiKey), apiKey: secret, oldExpiresAt: old.expiresAt }, output);
      }),
    );
}

function addRevokeCommand(keys: Command): void {
  keys
    .command('revoke')
    .description('refuse a key from now on, for good')
    .argument('<apiKeyId>', 'as rsolv key list shows it')
    .addOption(jsonOption())
    .action((apiKeyId: string, output: OutputOptions) =>
      withDatabase(async ({ database, by }) => {
        const { revokeKey } = await import('../accounts/revoke-key.ts');
        printRecord(show(await revokeKey(database.fork(), { apiKeyId }, by)), output);
      }),
    );
}

function show(apiKey: InferEntity<typeof ApiKey>): Shown {
  const { id, customer, name, lastFour, scopes, repositories, createdAt, expiresAt, lastUsedAt, revokedAt } = apiKey;
  return {
    apiKeyId: id,
    customer: customer.getProperty('name'),
    name,
    lastFour,
    scopes,
    repositories,
    createdAt,
    expiresAt,
    lastUsedAt,
    revokedAt,
  };
}
