// The procedures, as the server has them, over what is kept in memory.
import {
  apiKey,
  createKeyInput,
  defaultExpiry,
  expiresSoon,
  keyExpiresHeader,
  keyRef,
  listKeysInput,
  listKeysOutput,
  newApiKey,
  rotateKeyInput,
} from '@rsolv/shared/contract/api-key';
import { errorCodes } from '@rsolv/shared/errors/error-code';
import {
  forgeAccountWithVerification,
  forgeAccount,
  forgeAccountRef,
  listForgeAccountsInput,
  listForgeAccountsOutput,
} from '@rsolv/shared/contract/forge-account';
import { toInvalidInputError } from '@rsolv/shared/errors/to-invalid-input-error';
import { InternalError, MalformedBodyError, PlatformError } from '@rsolv/shared/errors/platform-error';
import { retrieveInput, retrieveOutput } from '@rsolv/shared/contract/retrieve';
import { storeInput, storeOutput } from '@rsolv/shared/contract/store';
import { fromSuperjson, toSuperjson } from '@rsolv/shared/json/superjson-envelope';
import { exchangedKey, exchangeInput, verifyNamespaceInput } from '@rsolv/shared/contract/token-exchange';
import { fromTrpcError, trpcErrorCodes } from '@rsolv/shared/errors/from-trpc-error';
import { whoamiOutput } from '@rsolv/shared/contract/whoami';
import { InvalidTokenError } from '@rsolv/shared/errors/workflow-errors';
import { initTRPC, TRPCError } from '@trpc/server';
import { ZodError } from 'zod';
import { requireScope } from './access.ts';
import type { Customers } from './customers.ts';
import type { Executions } from './executions.ts';
import {
  allForgeAccounts,
  describeForgeAccount,
  describeKey,
  listForgeAccounts,
  listKeys,
  type ApiKey,
  type Caller,
} from './records.ts';

/** What procedures know about the request that calls them. */
export interface Context {
  readonly customers: Customers;
  readonly executions: Executions;
  readonly now: () => Date;
  /** Where the platform is, as it calls itself. */
  readonly publicUrl: string;
  readonly apiKey: string | undefined;
  readonly idempotencyKey: string | null;
  readonly requestId: string;
  readonly setHeader: (name: string, value: string) => void;
  /** Why the input can't be read, where that is known before. */
  readonly inputFailure: PlatformError | undefined;
}

/** What a caller is told of anything that was thrown. */
export function toPlatformError(thrown: unknown): PlatformError {
  if (thrown instanceof PlatformError) return thrown;
  if (thrown instanceof ZodError) return toInvalidInputError(thrown);
  if (thrown instanceof TRPCError) return fromTrpcError(thrown, toPlatformError);
  return new InternalError({ cause: thrown });
}

function toTRPCError(thrown: unknown): TRPCError {
  const error = toPlatformError(thrown);
  return new TRPCError({ code: trpcErrorCodes[errorCodes[error.code].status], message: error.message, cause: error });
}

const superjson = { serialize: toSuperjson, deserialize: fromSuperjson };

const t = initTRPC.context<Context>().create({
  transformer: { input: superjson, output: superjson },
  isDev: false,
  // Also where a test's environment plays the browser.
  isServer: true,
  errorFormatter: ({ shape, error, ctx }) => {
    const { code, message, details } = toPlatformError(error);
    const facts = details === undefined ? { code } : { code, details };
    return { ...shape, message, data: { ...shape.data, error: facts, requestId: ctx?.requestId } };
  },
});

/** Who calls comes first, then whether the input can be read. */
const procedure = t.procedure.use(async ({ ctx, type, getRawInput, next }) => {
  let caller: Caller;
  try {
    caller = ctx.customers.authenticate(ctx.apiKey, ({ expiresAt }) => {
      if (expiresSoon(expiresAt, ctx.now())) ctx.setHeader(keyExpiresHeader, expiresAt.toISOString());
    });
    if (ctx.inputFailure !== undefined && type === 'mutation') throw ctx.inputFailure;
    await getRawInput();
  } catch (thrown) {
    throw toTRPCError(isSyntaxError(thrown) ? new MalformedBodyError('The input is not JSON.') : thrown);
  }
  const result = await next({ ctx: { ...ctx, caller } });
  if (result.ok) return result;
  throw toTRPCError(result.error);
});

const isSyntaxError = (thrown: unknown) =>
  thrown instanceof SyntaxError || (thrown instanceof TRPCError && thrown.cause instanceof SyntaxError);

/** Asks for no key. No issuer is trusted here, so no token counts. */
const open = t.procedure.use(async ({ ctx, next }) => {
  if (ctx.inputFailure !== undefined) throw toTRPCError(ctx.inputFailure);
  const result = await next();
  if (result.ok) return result;
  throw toTRPCError(result.error);
});

function refuseToken(): never {
  throw new InvalidTokenError('The issuer of the ID token is not trusted here: the platform in memory trusts none.');
}

const auth = t.router({
  token: open.input(exchangeInput).output(exchangedKey).mutation(refuseToken),
});

/** What a customer administers itself with. */
const managing = procedure.use(({ ctx, next }) => {
  requireScope(ctx.caller.apiKey, 'manage');
  return next({ ctx: { ...ctx, customer: ctx.caller.customer } });
});

const phases = t.router({
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
    .query(({ ctx, input }) => ctx.executions.retrieve(ctx.caller, input)),
});

const withSecret = (made: ApiKey) => ({ ...describeKey(made), apiKey: made.secret });

const keys = t.router({
  list: managing
    .input(listKeysInput)
    .output(listKeysOutput)
    .query(({ ctx, input }) => listKeys(ctx.customer, input)),

  create: managing
    .input(createKeyInput)
    .output(newApiKey)
    .mutation(({ ctx, input }) => withSecret(ctx.customers.addKey(ctx.customer, input))),

  rotate: managing
    .input(rotateKeyInput)
    .output(newApiKey)
    .mutation(({ ctx, input: { id, overlapHours } }) => {
      const after = { overlapMs: overlapHours * 60 * 60_000, expiresAt: defaultExpiry() };
      return withSecret(ctx.customers.rotateKey(ctx.customer, id, after));
    }),

  revoke: managing
    .input(keyRef)
    .output(apiKey)
    .mutation(({ ctx, input }) => describeKey(ctx.customers.revokeKey(ctx.customer, input.id))),
});

const forgeAccounts = t.router({
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

  verify: open.input(verifyNamespaceInput).output(forgeAccount).mutation(refuseToken),

  remove: managing
    .input(forgeAccountRef)
    .output(forgeAccount)
    .mutation(({ ctx, input }) => describeForgeAccount(ctx.customers.removeForgeAccount(ctx.customer, input))),
});

/** Everything that can be called. Nothing is recorded here, so the audit is not there. */
export const router = t.router({
  auth,
  phases,
  keys,
  forgeAccounts,
  whoami: procedure.output(whoamiOutput).query(({ ctx: { caller } }) => ({
    customer: { id: caller.customer.id, name: caller.customer.name },
    apiKey: describeKey(caller.apiKey),
    forgeAccounts: allForgeAccounts(caller.customer),
  })),
});
