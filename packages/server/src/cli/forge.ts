import type { InferEntity } from '@mikro-orm/core';
import { InvalidArgumentError, type Command } from 'commander';
import type { ForgeType } from '@rsolv/shared/contract/forge';
import type { Actor } from '../audit/actor.ts';
import type { EntityManager } from '../database/open-database.ts';
import type { ForgeAccount } from '../entities/forge-account.ts';
import type { Verification } from '../accounts/verify-forge-account.ts';
import { publicIssuers } from '@rsolv/shared/contract/public-issuers';
import {
  customerOption,
  forgeOption,
  jsonOption,
  namespaceOption,
  ownerOptions,
  requireNamespace,
} from './arguments.ts';
import { withDatabase } from './database-command.ts';
import { addListCommand } from './list-command.ts';
import { printRecord, type OutputOptions, type Shown } from './output.ts';

interface ForgeOptions extends OutputOptions {
  readonly customer: string;
  readonly forge: ForgeType;
  readonly namespace: string;
  readonly ownerId?: string;
  readonly issuer?: string;
}

type Change = (em: EntityManager, ref: Verification, by: Actor) => Promise<InferEntity<typeof ForgeAccount>>;

const verbs = {
  add: {
    description: 'add a claim to a namespace; it gives no access until it is verified',
    load: async () => (await import('../accounts/add-forge-account.ts')).addForgeAccount,
  },
  verify: {
    description: "declare that a namespace is the customer's, so that its keys may read and write there",
    load: async () => (await import('../accounts/verify-forge-account.ts')).verifyForgeAccount,
  },
  remove: {
    description: 'take a namespace away from a customer; what it stored there stays',
    load: async () => (await import('../accounts/remove-forge-account.ts')).removeForgeAccount,
  },
} satisfies Record<string, { description: string; load: () => Promise<Change> }>;

export function addForgeCommands(program: Command): void {
  const forges = program.command('forge').description('forge accounts: which namespaces belong to which customer');

  for (const [verb, { description, load }] of Object.entries(verbs)) {
    const command = forges
      .command(verb)
      .description(description)
      .addOption(customerOption())
      .addOption(forgeOption())
      .addOption(namespaceOption());
    if (verb === 'verify') for (const option of ownerOptions()) command.addOption(option);
    command
      .addOption(jsonOption())
      .action(async ({ customer, forge, namespace, ownerId, issuer, ...output }: ForgeOptions) => {
        requireNamespace(forge, namespace);
        const owner = readOwner(forge, ownerId, issuer);
        await withDatabase(async ({ database, by }) => {
          const [run, { findCustomer }] = await Promise.all([load(), import('../accounts/find-customer.ts')]);
          const em = database.fork();
          const found = await findCustomer(em, customer);
          printRecord(show(await run(em, { customer: found, forge, namespace, ...owner }, by)), output);
        });
      });
  }

  addListCommand(forges, {
    description: 'show forge accounts',
    whenEmpty: 'There are no forge accounts yet. Add one with: rsolv forge add',
    load: async (em, customerId) => {
      const { listForgeAccounts } = await import('../accounts/list-forge-accounts.ts');
      return (await listForgeAccounts(em, customerId)).map(show);
    },
  });
}

function readOwner(forge: ForgeType, id: string | undefined, issuer: string | undefined): Pick<Verification, 'owner'> {
  if (id !== undefined) return { owner: { id, issuer: issuer ?? publicIssuers[forge] } };
  if (issuer === undefined) return {};
  throw new InvalidArgumentError('--issuer: goes with --owner-id, and says whose number that is');
}

function show(account: InferEntity<typeof ForgeAccount>): Shown {
  const { id, customer, forgeType: forge, namespace, verifiedAt, verifiedBy, ownerId, issuer } = account;
  const verified = { verifiedAt, verifiedBy, ownerId, issuer };
  return { forgeAccountId: id, customer: customer.getProperty('name'), forge, namespace, ...verified };
}
