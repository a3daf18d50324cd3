import { Option, type Command } from 'commander';
import { durationSyntax } from '@rsolv/shared/contract/moment';
import type { CommandContext } from '../command-context.ts';
import { printRecord, type JsonOption } from '../records.ts';
import { withDatabase } from '../with-database.ts';
import { jsonOption, parseDuration } from './arguments.ts';
import { describeKey, describeKeyFields } from './describe-key.ts';
import { addListCommand } from './list-command.ts';
import { addNewKeyCommands } from './new-key.ts';

export function addKeyCommands(program: Command, context: CommandContext): void {
  const keys = program.command('key').description('manage API keys');
  addNewKeyCommands(keys, context);
  addListCommand(keys, context, {
    description: 'list API keys, newest first, without their secrets',
    active: 'only keys that are valid: neither revoked nor expired',
    whenEmpty: 'There are no API keys yet. Create one with: rsolv key create',
    read: async (kysely, request) => {
      const { listKeys } = await import('../../accounts/list-keys.ts');
      const { customerNames } = await import('../../accounts/customer-names.ts');
      const { keys, nextCursor } = await listKeys(kysely, request);
      const names = await customerNames(
        kysely,
        keys.map(({ customerId }) => customerId),
      );
      return { records: keys.map((key) => describeKeyFields(key, names.get(key.customerId))), nextCursor };
    },
  });
  addRotateCommand(keys, context);
  addRevokeCommand(keys, context);
}

function addRotateCommand(keys: Command, context: CommandContext): void {
  keys
    .command('rotate')
    .description('create an API key with the same access, and let the old one expire after an overlap')
    .argument('<apiKeyId>', 'the id that rsolv key list prints')
    .addOption(
      new Option('--overlap <duration>', `how long the old key stays valid: ${durationSyntax}`)
        .argParser(parseDuration)
        .default(parseDuration('24h'), '24h'),
    )
    .addOption(jsonOption())
    .action((apiKeyId: string, { overlap: overlapMs, ...options }: JsonOption & { overlap: number }) =>
      withDatabase(context, 'change', async ({ database, keyRing, by }) => {
        const { rotateKey } = await import('../../accounts/rotate-key.ts');
        const { apiKey, secret, old } = await rotateKey(database.fork(), await keyRing(), { apiKeyId, overlapMs, by });
        printRecord(context.output, { ...describeKey(apiKey), apiKey: secret, oldExpiresAt: old.expiresAt }, options);
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
        printRecord(context.output, describeKey(await revokeKey(database.fork(), { apiKeyId }, by)), options);
        if (!options.json) context.output.print('Revoked. Requests with this key are refused from now on.');
      }),
    );
}
