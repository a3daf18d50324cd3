import { InvalidInputError } from '@rsolv/shared/errors/platform-error';
import { headerGetter, readApiKey, readIdempotencyKey } from '@rsolv/shared/wire/request-headers';
import type { Request, Response } from 'express';
import { Principal } from '../access/principal.ts';
import { isWorkflowSecret } from '../access/secret.ts';
import { originOf } from '../audit/actor.ts';
import { addressGroup } from '../limits/address-group.ts';
import { parseAddress } from '../limits/parse-address.ts';
import { encodeKeyHash } from '../limits/rate-limits.ts';
import { ResponseReservation } from '../limits/response-budget.ts';
import { logCallerOf, requestId } from '../observability/request-log.ts';
import type { Context } from '../rpc/context.ts';
import type { Platform } from '../rpc/platform.ts';

/** Makes the context of the procedures that an HTTP request calls. */
export function contextOf(platform: Platform, request: Request, response: Response): Context {
  const principal = principalOf(platform, request);
  logCallerOf(request, principal);
  const [keyHash] = principal.keyHashes ?? [];
  const idempotencyKey = readIdempotencyKey(headerGetter(request));
  return {
    platform,
    principal,
    rateLimitSubject: { address: addressGroup(parseAddress(request.ip)), keyHash: keyHash && encodeKeyHash(keyHash) },
    reservation: new ResponseReservation(platform.responseBudget, (release) => onceSent(response, release)),
    carriesAnyJson: true,
    idempotencyKey: typeof idempotencyKey === 'string' ? idempotencyKey : null,
    requestId: requestId(request),
    // A streamed tRPC batch sends its headers before its calls end.
    setHeader: (name, value) => {
      if (!response.headersSent) response.setHeader(name, value);
    },
    inputError: idempotencyKey instanceof InvalidInputError ? idempotencyKey : undefined,
  };
}

function principalOf({ keyRing }: Platform, request: Request): Principal {
  const secret = readApiKey(headerGetter(request));
  return new Principal({
    origin: originOf({ requestId: requestId(request), address: parseAddress(request.ip) ?? null, secret }),
    keyHashes: secret === undefined ? undefined : keyRing.candidates(secret),
    isWorkflow: secret !== undefined && isWorkflowSecret(secret),
  });
}

/** How long a large response may wait for a client that reads none of it. */
const stalledMs = 30_000;

/** Calls `release` once the response was sent or aborted. */
function onceSent(response: Response, release: () => void): void {
  if (response.closed) return release();
  response.once('close', release);
  response.setTimeout(stalledMs);
}
