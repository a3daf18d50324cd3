import { isIP } from 'node:net';
import { expiresSoon, keyExpiresHeader } from '@rsolv/shared/contract/api-key';
import { InvalidInputError } from '@rsolv/shared/errors/platform-error';
import { headerGetter, readIdempotencyKey, readApiKey } from '@rsolv/shared/wire/request-headers';
import { callTRPCProcedure, type TRPCProcedureType } from '@trpc/server';
import type { Request, Response } from 'express';
import { originOf } from '../audit/actor.ts';
import { authenticate, type Identity } from '../access/authenticate.ts';
import { isWorkflowSecret } from '../access/secret.ts';
import { addressGroup } from '../limits/address-group.ts';
import { ResponseReservation } from '../limits/response-budget.ts';
import { encodeKeyHash, type KeyOwner } from '../limits/rate-limits.ts';
import type { Platform } from '../rpc/platform.ts';
import type { Context } from '../rpc/context.ts';
import { appRouter, type ProcedurePath } from '../rpc/router.ts';
import { smallBodyBytes, type BodyRules } from './body.ts';
import { noteCustomer, requestId } from '../observability/request-log.ts';

/** What a procedure gets to know of an HTTP request. */
export function contextOf(platform: Platform, request: Request, response: Response): Context {
  const sentKey = readIdempotencyKey(headerGetter(request));
  // A tRPC batch that is streamed has sent its headers before its calls end.
  const setHeader = (name: string, value: string) => {
    if (!response.headersSent) response.setHeader(name, value);
  };
  const { caller, keyOwner } = callerOf(platform, request, setHeader);
  const [keyHash] = caller.keyHashes ?? [];
  return {
    platform,
    caller,
    visitor: { address: addressGroup(request.ip), keyHash: keyHash && encodeKeyHash(keyHash) },
    keyOwner,
    noteCustomer: (customerId) => noteCustomer(request, customerId),
    room: new ResponseReservation(platform.responseBudget, (end) => whenTaken(response, end)),
    idempotencyKey: typeof sentKey === 'string' ? sentKey : null,
    requestId: requestId(request),
    setHeader,
    inputFailure: sentKey instanceof InvalidInputError ? sentKey : undefined,
  };
}

/** Who a request says it is. Of a key that exists, its use is noted, and its end announced. */
function callerOf(
  { keyRing, keyUses }: Platform,
  request: Request,
  setHeader: Context['setHeader'],
): Pick<Context, 'caller' | 'keyOwner'> {
  const secret = readApiKey(headerGetter(request));
  const origin = originOf({ requestId: requestId(request), address: addressOf(request), secret });
  if (secret === undefined) return { caller: { keyHashes: undefined, origin }, keyOwner: () => undefined };
  const keyHashes = keyRing.candidates(secret);
  const isWorkflow = isWorkflowSecret(secret);
  let owner: KeyOwner | undefined;
  const identified = ({ apiKeyId, customerId, keyExpiresAt, isHashCurrent }: Identity) => {
    owner = { apiKeyId, customerId };
    noteCustomer(request, customerId);
    keyUses.note({ apiKeyId, newHash: isHashCurrent ? undefined : keyHashes[0] });
    // Workflows renew theirs by themselves.
    if (!isWorkflow && expiresSoon(keyExpiresAt, new Date())) setHeader(keyExpiresHeader, keyExpiresAt.toISOString());
  };
  return { caller: { keyHashes, isWorkflow, identified, origin }, keyOwner: () => owner };
}

/** How much of a body is read, and when its API key is checked. */
export const bodyRules = (
  { platform: { bodyLimitBytes, database }, caller }: Context,
  needsKey: boolean,
): Omit<BodyRules, 'type'> =>
  needsKey
    ? { limitBytes: bodyLimitBytes, requireValidKey: () => authenticate(database.kysely, caller) }
    : { limitBytes: smallBodyBytes };

/** How long a large answer lies there of which nobody takes anything. */
const untakenMs = 30_000;

/** Does something once an answer was taken or given up. */
function whenTaken(response: Response, act: () => void): void {
  if (response.closed) return act();
  response.once('close', act);
  response.setTimeout(untakenMs);
}

/**
 * Where a request comes from; an IPv4 address in its own spelling, also on a socket that speaks IPv6. What a proxy passes on
 * that is no address is nobody's.
 */
function addressOf({ ip = '' }: Request): string | null {
  const address = ip.replace(/^::ffff:(?=\d+\.)/, '');
  return isIP(address) === 0 ? null : address;
}

/** The procedure that a REST route stands for. */
export interface ProcedureRef {
  readonly path: ProcedurePath;
  readonly type: TRPCProcedureType;
}

/**
 * Calls a procedure. What goes in and out is unknown here: the procedure's own schemas check both. Input that cannot be
 * read throws within the procedure, so that it is answered like invalid input.
 */
export const call = (
  { path, type }: ProcedureRef,
  ctx: Context,
  getRawInput: () => Promise<unknown>,
): Promise<unknown> =>
  callTRPCProcedure({ router: appRouter, path, type, ctx, getRawInput, signal: undefined, batchIndex: 0 });
