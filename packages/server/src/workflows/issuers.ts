// The issuers of ID tokens that this platform trusts. Tokens of other issuers are refused before any key is fetched.
import type { JWTVerifyGetKey } from 'jose';
import type { Issuer } from '../config/issuer-list.ts';
import { makeKeySet, type KeySetTiming } from './key-set.ts';

/** A trusted issuer and its signing keys. */
export interface TrustedIssuer extends Issuer {
  readonly getKey: JWTVerifyGetKey;
}

/** The trusted issuers, by their URL. */
export type Issuers = ReadonlyMap<string, TrustedIssuer>;

/** @param timing shorter in tests */
export const trustIssuers = (issuers: readonly Issuer[], timing?: KeySetTiming): Issuers =>
  new Map(issuers.map((issuer) => [issuer.url, { ...issuer, getKey: makeKeySet(issuer.url, timing) }]));
