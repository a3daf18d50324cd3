// The signing keys of an issuer, found by OpenID Connect Discovery. They are fetched for the first token, cached, and fetched
// again for an unknown key id, but never more often than KeySetTiming allows: tokens are untrusted and can name any key.
// While the keys can't be fetched, only tokens signed with a cached key are valid.
import { isTrustworthyUrl } from '@rsolv/shared/contract/public-issuers';
import { IssuerUnavailableError } from '@rsolv/shared/errors/workflow-errors';
import { createRemoteJWKSet, customFetch, errors, type JWTVerifyGetKey, type RemoteJWKSet } from 'jose';
import { z } from 'zod';

/** How often requests are sent to an issuer, and how long its keys are cached. */
export interface KeySetTiming {
  /** Of one request. */
  readonly timeoutMs: number;
  /** After the keys were fetched, until an unknown key id can cause another fetch. */
  readonly coolDownMs: number;
  /** After a failed request, until the next one. */
  readonly retryMs: number;
  /** How long the keys are cached. */
  readonly maxAgeMs: number;
}

const defaultTiming: KeySetTiming = { timeoutMs: 5000, coolDownMs: 30_000, retryMs: 5000, maxAgeMs: 600_000 };

/**
 * Makes the function that finds the signing key of a token.
 *
 * @returns a function that throws IssuerUnavailableError, or JWKSNoMatchingKey or JWKSMultipleMatchingKeys of jose
 */
export function makeKeySet(issuer: string, timing = defaultTiming): JWTVerifyGetKey {
  let failedAt = -Infinity;
  const isTooSoon = () => Date.now() < failedAt + timing.retryMs;
  const get: Get = (url, options) => {
    if (isTooSoon()) throw new Error(`the last request to ${issuer} failed less than ${timing.retryMs} ms ago`);
    return fetch(url, { ...options, redirect: 'manual' });
  };
  let discovered: Promise<RemoteJWKSet> | undefined;
  return async (header, token) => {
    let keys: RemoteJWKSet | undefined;
    try {
      keys = await (discovered ??= discover(issuer, get, timing));
      return await keys(header, token);
    } catch (cause) {
      if (cause instanceof errors.JWKSNoMatchingKey || cause instanceof errors.JWKSMultipleMatchingKeys) throw cause;
      if (!isTooSoon()) failedAt = Date.now();
      // The issuer may publish its keys elsewhere now. Cached keys stay valid until they are too old.
      if (keys?.fresh !== true) discovered = undefined;
      throw new IssuerUnavailableError(issuer, { cause });
    }
  };
}

type Get = (url: string, options: Pick<RequestInit, 'headers' | 'signal'>) => Promise<Response>;

const configuration = z.object({ issuer: z.string(), jwks_uri: z.url() });

/** Finds the URL of the issuer's keys: https://openid.net/specs/openid-connect-discovery-1_0.html */
async function discover(issuer: string, get: Get, timing: KeySetTiming): Promise<RemoteJWKSet> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const response = await get(url, { signal: AbortSignal.timeout(timing.timeoutMs) });
  if (response.status !== 200) throw new Error(`${url} returned the status ${response.status}`);
  const { issuer: named, jwks_uri: keysUrl } = configuration.parse(await response.json());
  if (named !== issuer) throw new Error(`${url} is the configuration of another issuer, ${named}`);
  // A remote issuer must not make this server send requests to its own loopback interface.
  const isSecure = isTrustworthyUrl(keysUrl) && (keysUrl.startsWith('https:') || issuer.startsWith('http:'));
  if (!isSecure) throw new Error(`${url} names keys at ${keysUrl}, which is not HTTPS`);
  return createRemoteJWKSet(new URL(keysUrl), {
    timeoutDuration: timing.timeoutMs,
    cooldownDuration: timing.coolDownMs,
    cacheMaxAge: timing.maxAgeMs,
    [customFetch]: get,
  });
}
