// The keys of an issuer, by OpenID Connect Discovery: fetched when the first token asks for them, kept, and fetched anew
// for a key that is not among them, but not more often than the times below allow, whatever tokens say. Where they can't
// be fetched, no token counts that needs one which is not here.
import { isTrustworthyUrl } from '@rsolv/shared/contract/public-issuers';
import { IssuerUnavailableError } from '@rsolv/shared/errors/workflow-error';
import { createRemoteJWKSet, customFetch, errors, type JWTVerifyGetKey, type RemoteJWKSet } from 'jose';
import { z } from 'zod';

/** How often and how long an issuer is asked, in milliseconds. */
export interface KeySetTiming {
  readonly timeoutMs: number;
  /** After keys came, until one that is not among them makes the issuer be asked again. */
  readonly coolDownMs: number;
  /** After the issuer could not be asked, until it is tried again. */
  readonly retryMs: number;
  readonly maxAgeMs: number;
}

const defaultTiming: KeySetTiming = { timeoutMs: 5000, coolDownMs: 30_000, retryMs: 5000, maxAgeMs: 600_000 };

/**
 * Makes what finds the key that a token names.
 *
 * @returns a function that throws IssuerUnavailableError, JWKSNoMatchingKey, JWKSMultipleMatchingKeys
 */
export function makeKeySet(issuer: string, timing = defaultTiming): JWTVerifyGetKey {
  let failedAt = -Infinity;
  const isTooSoon = () => Date.now() < failedAt + timing.retryMs;
  const get: Get = (url, options) => {
    if (isTooSoon()) throw new Error(`${issuer} could not be asked a moment ago`);
    return fetch(url, { ...options, redirect: 'manual' });
  };
  let asked: Promise<RemoteJWKSet> | undefined;
  return async (header, token) => {
    let keys: RemoteJWKSet | undefined;
    try {
      keys = await (asked ??= discover(issuer, get, timing));
      return await keys(header, token);
    } catch (cause) {
      if (cause instanceof errors.JWKSNoMatchingKey || cause instanceof errors.JWKSMultipleMatchingKeys) throw cause;
      if (!isTooSoon()) failedAt = Date.now();
      // They may have moved. As long as they are fresh, those that are here go on counting.
      if (keys?.fresh !== true) asked = undefined;
      throw new IssuerUnavailableError(issuer, { cause });
    }
  };
}

type Get = (url: string, options: Pick<RequestInit, 'headers' | 'signal'>) => Promise<Response>;

const configuration = z.object({ issuer: z.string(), jwks_uri: z.url() });

/** Asks the issuer where its keys are: https://openid.net/specs/openid-connect-discovery-1_0.html */
async function discover(issuer: string, get: Get, timing: KeySetTiming): Promise<RemoteJWKSet> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const response = await get(url, { signal: AbortSignal.timeout(timing.timeoutMs) });
  if (response.status !== 200) throw new Error(`${url} answered with the status ${response.status}`);
  const { issuer: named, jwks_uri: keysUrl } = configuration.parse(await response.json());
  if (named !== issuer) throw new Error(`${url} is of another issuer, ${named}`);
  // An issuer elsewhere has nothing to say about what runs on this machine.
  const isBelievable = isTrustworthyUrl(keysUrl) && (keysUrl.startsWith('https:') || issuer.startsWith('http:'));
  if (!isBelievable) throw new Error(`${url} names keys at ${keysUrl}, which is not https`);
  return createRemoteJWKSet(new URL(keysUrl), {
    timeoutDuration: timing.timeoutMs,
    cooldownDuration: timing.coolDownMs,
    cacheMaxAge: timing.maxAgeMs,
    [customFetch]: get,
  });
}
