import { text } from 'node:stream/consumers';
import type { InferEntity } from '@mikro-orm/core';
import type { Scope } from '@rsolv/shared/contract/api-key';
import { Option, type Command } from 'commander';
import type { Actor } from '../../audit/actor.ts';
import type { KeyOptions } from '../../accounts/create-key.ts';
import type { KeyFields } from '../../accounts/describe-key.ts';
import type { EntityManager } from '../../database/open-database.ts';
import type { ApiKey } from '../../entities/api-key.ts';
import { withDatabase, type CommandContext } from '../command-context.ts';
import { printRecord, type JsonOption, type PrintedRecord } from '../records.ts';
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
import { addListCommand } from './list-command.ts';

interface NewKeyOptions extends JsonOption {
  readonly customer: string;
  readonly name: string;
  readonly scopes?: Scope[];
  readonly repositories?: string[];
  readonly expires?: Date | 'never';
}

export function addKeyCommands(program: Command, context: CommandContext): void {
  const keys = program.command('key').description('manage API keys');
  addCreateCommand(keys, context);
  addImportCommand(keys, context);
  addListCommand(keys, context, {
    description: 'list API keys, newest first, without their secrets',
    whenEmpty: 'There are no API keys yet. Create one with: rsolv key create',
    read: async (kysely, request) => {
      const { listKeys } = await import('../../accounts/list-keys.ts');
      const { customerNames } = await import('../../accounts/customer-names.ts');
      const { keys, nextCursor } = await listKeys(kysely, request);
      const names = await customerNames(
        kysely,
        keys.map(({ customerId }) => customerId),
      );
      return { records: keys.map((key) => describeFields(key, names.get(key.customerId))), nextCursor };
    },
  });
  addRotateCommand(keys, context);
  addRevokeCommand(keys, context);
}

const addNewKeyOptions = (command: Command) =>
  command
    .addOption(customerOption())
    .addOption(new Option('--name <name>', 'what the key is used for').argParser(parseName).default('key'))
    .addOption(
      new Option(
        '--scopes <scopes>',
        'comma-separated: phases:read, phases:write, manage; default: the first two',
      ).argParser(parseScopes),
    )
    .addOption(
      new Option('--repositories <repos>', 'the only repositories that it may access: owner/name,owner/name').argParser(
        parseRepositories,
      ),
    )
    .addOption(new Option('--expires <date>', 'when it expires, or never; default: in a year').argParser(parseExpiry))
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
    (options: NewKeyOptions) =>
      withDatabase(context, 'change', async ({ database, keyRing, by }) => {
        const { createKey } = await import('../../accounts/create-key.ts');
        const em = database.fork();
        const { apiKey, secret } = await createKey(em, await keyRing(), await keyOptions(em, by, options));
        printRecord(context.output, { ...describe(apiKey), apiKey: secret }, options);
      }),
  );
}

function addImportCommand(keys: Command, context: CommandContext): void {
  const command = keys
    .command('import')
    .description('import an API key from another system, so that its users can keep it')
    .addOption(new Option('--api-key <key>', 'the key; default: read from standard input').argParser(parseSecret));
  addNewKeyOptions(command).action(async (options: NewKeyOptions & { apiKey?: string }) => {
    const secret = options.apiKey ?? parseSecret((await text(context.io.stdin)).trim());
    await withDatabase(context, 'change', async ({ database, keyRing, by }) => {
      const { importKey } = await import('../../accounts/create-key.ts');
      const em = database.fork();
      const imported = await importKey(em, await keyRing(), { ...(await keyOptions(em, by, options)), secret });
      printRecord(context.output, describe(imported), options);
    });
  });
}

function addRotateCommand(keys: Command, context: CommandContext): void {
  keys
    .command('rotate')
    .description('create an API key with the same access, and let the old one expire after an overlap')
    .argument('<apiKeyId>', 'the id that rsolv key list prints')
    .addOption(
      new Option('--overlap <time>', 'how long the old key stays valid').argParser(parseDuration).default('24h', '24h'),
    )
    .addOption(jsonOption())
    .action((apiKeyId: string, { overlap, ...options }: JsonOption & { overlap: number | string }) =>
      withDatabase(context, 'change', async ({ database, keyRing, by }) => {
        const { rotateKey } = await import('../../accounts/rotate-key.ts');
        const overlapMs = typeof overlap === 'number' ? overlap : parseDuration(overlap);
        const { apiKey, secret, old } = await rotateKey(database.fork(), await keyRing(), { apiKeyId, overlapMs, by });
        printRecord(context.output, { ...describe(apiKey), apiKey: secret, oldExpiresAt: old.expiresAt }, options);
      }),
    );
}

function addRevokeCommand(keys: Command, context: CommandContext): void {
  keys
    .command('revoke')
    .description('revoke an API key permanently')
    .argument('<apiKeyId>', 'the id that rsolv key list prints')
    .addOption(jsonOption())
    .action((apiKeyId: string, options: JsonOption) =>
      withDatabase(context, 'change', async ({ database, by }) => {
        const { revokeKey } = await import('../../accounts/revoke-key.ts');
        printRecord(context.output, describe(await revokeKey(database.fork(), { apiKeyId }, by)), options);
      }),
    );
}

const describe = (apiKey: InferEntity<typeof ApiKey>) => describeFields(apiKey, apiKey.customer.getProperty('name'));

function describeFields(apiKey: KeyFields, customer: string | null = null): PrintedRecord {
  const { id, name, lastFour, scopes, repositories, rotatedFrom, createdAt, expiresAt, lastUsedAt, revokedAt } = apiKey;
  return {
    apiKeyId: id,
    customer,
    name,
    lastFour,
    scopes,
    repositories,
    rotatedFrom,
    createdAt,
    expiresAt,
    lastUsedAt,
    revokedAt,
  };
}
