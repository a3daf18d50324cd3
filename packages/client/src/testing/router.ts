// The procedures of the server, in memory.
import {
  apiKey,
  createKeyInput,
  defaultExpiry,
  keyRef,
  listKeysInput,
  listKeysOutput,
  newApiKey,
  rotateKeyInput,
} from '@rsolv/shared/contract/api-key';
import {
  forgeAccountWithVerification,
  forgeAccount,
  forgeAccountRef,
  listForgeAccountsInput,
  listForgeAccountsOutput,
} from '@rsolv/shared/contract/forge-account';
import {
  listExecutionsInput,
  listExecutionsOutput,
  showExecutionInput,
  showExecutionOutput,
} from '@rsolv/shared/contract/execution';
import {
  listRepositoriesInput,
  listRepositoriesOutput,
  renameRepositoryInput,
  repository,
} from '@rsolv/shared/contract/repository';
import { retrieveInput, retrieveOutput } from '@rsolv/shared/contract/retrieve';
import { storeInput, storeOutput } from '@rsolv/shared/contract/store';
import { exchangedKey, exchangeInput, verifyNamespaceInput } from '@rsolv/shared/contract/token-exchange';
import { whoamiInput, whoamiOutput } from '@rsolv/shared/contract/whoami';
import { InvalidTokenError } from '@rsolv/shared/errors/workflow-errors';
import { managing, openProcedure, procedure, reporting, router as createRouter } from './procedure.ts';
import {
  allForgeAccounts,
  describeForgeAccount,
  describeKey,
  listForgeAccounts,
  listKeys,
  type ApiKey,
} from './records.ts';
import * as reports from './reports.ts';

/** No issuer is trusted in memory. */
function refuseToken(): never {
  throw new InvalidTokenError('The issuer of the ID token is not trusted: the platform in memory trusts no issuers.');
}

const auth = createRouter({
  token: openProcedure.input(exchangeInput).output(exchangedKey).mutation(refuseToken),
});

const phases = createRouter({
  store: procedure
    .input(storeInput)
    .output(storeOutput)
    .mutation(({ ctx, input }) => {
      const idempotencyKey = input.idempotencyKey ?? ctx.idempotencyKey;
      const { answer, isReplay } = ctx.executions.store(ctx.caller, { ...input, idempotencyKey });
      if (isReplay) ctx.setHeader('Idempotency-Replayed', 'true');
      return answer;
    }),

  retrieve: procedure
    .input(retrieveInput)
    .output(retrieveOutput)
    .query(({ ctx, input }) => ctx.executions.retrieve(ctx.caller, input, ctx.carriesAnyJson)),
});

const withSecret = (made: ApiKey) => ({ ...describeKey(made), apiKey: made.secret });

const keys = createRouter({
  list: managing
    .input(listKeysInput)
    .output(listKeysOutput)
    .query(({ ctx, input }) => listKeys(ctx.customer, input)),

  create: managing
    .input(createKeyInput)
    .output(newApiKey)
    .mutation(({ ctx: { customers, customer, idempotencyKey, keyedMutations }, input }) => {
      const { expiresAt: _, ...identity } = input;
      return keyedMutations.once({ customer, idempotencyKey, identity: ['key.create', identity] }, (lostKeyId) => {
        if (lostKeyId !== undefined) customers.revokeLostKey(customer, lostKeyId);
        return withSecret(customers.addKey(customer, input));
      });
    }),

  rotate: managing
    .input(rotateKeyInput)
    .output(newApiKey)
    .mutation(({ ctx: { customers, customer, idempotencyKey, keyedMutations }, input: { id, overlapHours } }) => {
      const after = { overlapMs: overlapHours * 60 * 60_000, expiresAt: defaultExpiry() };
      const identity = ['key.rotate', id, overlapHours];
      return keyedMutations.once({ customer, idempotencyKey, identity }, (lostKeyId) =>
        withSecret(customers.rotateKey(customer, id, { ...after, lostKeyId })),
      );
    }),

  revoke: managing
    .input(keyRef)
    .output(apiKey)
    .mutation(({ ctx, input }) => describeKey(ctx.customers.revokeKey(ctx.customer, input.id))),
});

const forgeAccounts = createRouter({
  list: managing
    .input(listForgeAccountsInput)
    .output(listForgeAccountsOutput)
    .query(({ ctx, input }) => listForgeAccounts(ctx.customer, input)),

  add: managing
    .input(forgeAccountRef)
    .output(forgeAccountWithVerification)
    .mutation(({ ctx, input }) => {
      const { account, nonce, expiresAt } = ctx.customers.requestVerification(ctx.customer, input);
      const verification = { nonce, audience: `${ctx.publicUrl}/verify/${nonce}`, expiresAt };
      return { ...describeForgeAccount(account), verification };
    }),

  verify: openProcedure.input(verifyNamespaceInput).output(forgeAccount).mutation(refuseToken),

  remove: managing
    .input(forgeAccountRef)
    .output(forgeAccount)
    .mutation(({ ctx: { customers, customer, idempotencyKey, keyedMutations, setHeader }, input }) => {
      const identity = ['forge_account.remove', input.forge, input.namespace.toLowerCase()];
      return keyedMutations.once({ customer, idempotencyKey, identity }, (removedId) => {
        if (removedId === undefined) return describeForgeAccount(customers.removeForgeAccount(customer, input));
        setHeader('Idempotency-Replayed', 'true');
        return { id: removedId, ...input, verified: false, verifiedAt: null, verifiedBy: null };
      });
    }),
});

const repositories = createRouter({
  list: reporting
    .input(listRepositoriesInput)
    .output(listRepositoriesOutput)
    .query(({ ctx, input }) => reports.listRepositories(ctx, input)),

  rename: managing
    .input(renameRepositoryInput)
    .output(repository)
    .mutation(({ ctx, input: { id, to } }) => {
      ctx.executions.rename(ctx.caller, id, to);
      return reports.findRepository(ctx, id);
    }),
});

const executions = createRouter({
  list: reporting
    .input(listExecutionsInput)
    .output(listExecutionsOutput)
    .query(({ ctx, input }) => reports.listExecutions(ctx, input)),

  show: reporting
    .input(showExecutionInput)
    .output(showExecutionOutput)
    .query(({ ctx, input }) => reports.showExecution(ctx, input)),
});

/** All procedures. There is no audit in memory, so its procedures are missing. */
export const router = createRouter({
  auth,
  phases,
  repositories,
  executions,
  keys,
  forgeAccounts,
  whoami: procedure
    .input(whoamiInput)
    .output(whoamiOutput)
    .query(({ ctx: { caller } }) => ({
      customer: { id: caller.customer.id, name: caller.customer.name },
      apiKey: describeKey(caller.apiKey),
      forgeAccounts: allForgeAccounts(caller.customer),
    })),
});
