import { text } from 'node:stream/consumers';
import type { InferEntity } from '@mikro-orm/core';
import { Option, type Command } from 'commander';
import { createKey, importKey } from '../customers/create-key.ts';
import { findCustomer } from '../customers/find-customer.ts';
import { listKeys } from '../customers/list-keys.ts';
import { revokeKey } from '../customers/revoke-key.ts';
import type { ApiKey } from '../entities/api-key.ts';
import { customerOption, jsonOption, parseExpiry, parseName, parseSecret } from './arguments.ts';
import { withDatabase } from './database-command.ts';
import { addListCommand } from './list-command.ts';
import { printRecord, type OutputOptions, type Shown } from './output.ts';

interface NewKeyOptions extends OutputOptions {
  readonly customer: string;
  readonly name: string;
  readonly expires?: Date;
}

export function addKeyCommands(program: Command): void {
  const keys = program.command('key').description('API keys: secrets that speak for a customer');
  addCreateCommand(keys);
  addImportCommand(keys);
  addListCommand(keys, {
    description: 'show keys, without their secrets',
    whenEmpty: 'There are no keys yet. Make one with: rsolv key create',
    load: async (em, customerId) => (await listKeys(em, customerId)).map(show),
  });
  addRevokeCommand(keys);
}

const nameOption = () => new Option('--name <name>', 'what the key is for').argParser(parseName).default('key');

const expiresOption = () =>
  new Option('--expires <date>', 'when it stops to count; default never').argParser(parseExpiry);

function addCreateCommand(keys: Command): void {
  keys
    .command('create')
    .description('make a key and show it, this once')
    .addOption(customerOption())
    .addOption(nameOption())
    .addOption(expiresOption())
    .addOption(jsonOption())
    .action(({ customer, name, expires, ...output }: NewKeyOptions) =>
      withDatabase(async (database) => {
        const em = database.fork();
        const owner = await findCustomer(em, customer);
        const { apiKey, secret } = await createKey(em, { customer: owner, name, expiresAt: expires ?? null });
        printRecord({ ...show(apiKey), apiKey: secret }, output);
      }),
    );
}

function addImportCommand(keys: Command): void {
  keys
    .command('import')
    .description('let a key that exists elsewhere count here, so that its holders keep their secret')
    .addOption(customerOption())
    .addOption(new Option('--api-key <key>', 'the key; default: read from standard input').argParser(parseSecret))
    .addOption(nameOption())
    .addOption(expiresOption())
    .addOption(jsonOption())
    .action(async ({ customer, apiKey: given, name, expires, ...output }: NewKeyOptions & { apiKey?: string }) => {
      const secret = given ?? parseSecret((await text(process.stdin)).trim());
      await withDatabase(async (database) => {
        const em = database.fork();
        const owner = await findCustomer(em, customer);
        printRecord(show(await importKey(em, secret, { customer: owner, name, expiresAt: expires ?? null })), output);
      });
    });
}

function addRevokeCommand(keys: Command): void {
  keys
    .command('revoke')
    .description('refuse a key from now on, for good')
    .argument('<apiKeyId>', 'as rsolv key list shows it')
    .addOption(jsonOption())
    .action((apiKeyId: string, output: OutputOptions) =>
      withDatabase(async (database) => printRecord(show(await revokeKey(database.fork(), apiKeyId)), output)),
    );
}

function show({ id, customer, name, lastFour, createdAt, expiresAt, revokedAt }: InferEntity<typeof ApiKey>): Shown {
  return { apiKeyId: id, customer: customer.getProperty('name'), name, lastFour, createdAt, expiresAt, revokedAt };
}
