import type { InferEntity } from '@mikro-orm/core';
import { InvalidArgumentError, type Command } from 'commander';
import type { ForgeType } from '@rsolv/shared/contract/forge';
import type { Actor } from '../../audit/actor.ts';
import type { EntityManager } from '../../database/open-database.ts';
import type { ForgeAccount } from '../../entities/forge-account.ts';
import type { Verification } from '../../accounts/verify-forge-account.ts';
import { publicIssuers } from '@rsolv/shared/contract/public-issuers';
import type { CommandContext } from '../command-context.ts';
import { printRecord, type JsonOption, type PrintedRecord } from '../records.ts';
import { withDatabase } from '../with-database.ts';
import {
  customerOption,
  forgeOption,
  jsonOption,
  namespaceOption,
  ownerOptions,
  requireNamespace,
} from './arguments.ts';
import { addListCommand } from './list-command.ts';

interface ForgeOptions extends JsonOption {
  readonly customer: string;
  readonly forge: ForgeType;
  readonly namespace: string;
  readonly ownerId?: string;
  readonly issuer?: string;
}

type Change = (em: EntityManager, ref: Verification, by: Actor) => Promise<InferEntity<typeof ForgeAccount>>;

const verbs = {
  add: {
    description: 'add a forge account; it gives no access until it is verified',
    load: async () => (await import('../../accounts/add-forge-account.ts')).addForgeAccount,
    done: (options: string) => `Added. Verify it, to give access: rsolv forge verify ${options}`,
  },
  verify: {
    description: "verify a forge account, so that the customer's API keys may access its repositories",
    load: async () => (await import('../../accounts/verify-forge-account.ts')).verifyForgeAccount,
    done: () => "Verified. The customer's API keys may access its repositories now.",
  },
  remove: {
    description: 'remove a forge account from a customer; the data stored there is kept',
    load: async () => (await import('../../accounts/remove-forge-account.ts')).removeForgeAccount,
    done: () => "Removed. The customer's API keys may no longer access its repositories.",
  },
} satisfies Record<string, { description: string; load: () => Promise<Change>; done: (options: string) => string }>;

export function addForgeCommands(program: Command, context: CommandContext): void {
  const forges = program
    .command('forge')
    .description("manage forge accounts: customers' namespaces on GitHub and GitLab");

  for (const [verb, { description, load, done }] of Object.entries(verbs)) {
    const command = forges
      .command(verb)
      .description(description)
      .addOption(customerOption())
      .addOption(forgeOption())
      .addOption(namespaceOption());
    if (verb === 'verify') for (const option of ownerOptions()) command.addOption(option);
    command
      .addOption(jsonOption())
      .action(async ({ customer, forge, namespace, ownerId, issuer, ...options }: ForgeOptions) => {
        requireNamespace(forge, namespace);
        const owner = readOwner(forge, ownerId, issuer);
        await withDatabase(context, 'change', async ({ database, by }) => {
          const [change, { findCustomer }] = await Promise.all([load(), import('../../accounts/find-customer.ts')]);
          const em = database.fork();
          const found = await findCustomer(em, customer);
          const account = await change(em, { customer: found, forge, namespace, ...owner }, by);
          // A removed account is not verified any more.
          const removed = { forgeAccountId: account.id, customer: found.name, forge, namespace: account.namespace };
          printRecord(context.output, verb === 'remove' ? removed : describe(account), options);
          const reference = `--customer "${found.name}" --forge ${forge} --namespace ${account.namespace}`;
          if (!options.json) context.output.printHint(done(reference));
        });
      });
  }

  addListCommand(forges, context, {
    description: 'list forge accounts by namespace',
    whenEmpty: 'There are no forge accounts yet. Add one with: rsolv forge add',
    read: async (kysely, request) => {
      const { listForgeAccounts } = await import('../../accounts/list-forge-accounts.ts');
      const { customerNames } = await import('../../accounts/customer-names.ts');
      const { forgeAccounts, nextCursor } = await listForgeAccounts(kysely, request);
      const names = await customerNames(
        kysely,
        forgeAccounts.map(({ customerId }) => customerId),
      );
      const records = forgeAccounts.map((account) => describeFields(account, names.get(account.customerId)));
      return { records, nextCursor };
    },
  });
}

function readOwner(forge: ForgeType, id: string | undefined, issuer: string | undefined): Pick<Verification, 'owner'> {
  if (id !== undefined) return { owner: { id, issuer: issuer ?? publicIssuers[forge] } };
  if (issuer === undefined) return {};
  throw new InvalidArgumentError('--issuer: is allowed only with --owner-id');
}

type Entity = InferEntity<typeof ForgeAccount>;
type Fields = Omit<Entity, 'customer' | 'metadata' | 'nonceHash' | 'nonceExpiresAt' | 'createdAt'>;

const describe = (account: Entity) => describeFields(account, account.customer.getProperty('name'));

function describeFields(account: Fields, customer: string | null = null): PrintedRecord {
  const { id, forgeType: forge, namespace, verifiedAt, verifiedBy, ownerId, issuer } = account;
  return { forgeAccountId: id, customer, forge, namespace, verifiedAt, verifiedBy, ownerId, issuer };
}
