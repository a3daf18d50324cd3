// Who is trusted to say which workflow it is. Tokens of anybody else are refused before anything is fetched.
import type { JWTVerifyGetKey } from 'jose';
import type { Issuer } from '../config/issuer-list.ts';
import { makeKeySet, type KeySetTiming } from './key-set.ts';

/** An issuer with its keys. */
export interface TrustedIssuer extends Issuer {
  readonly getKey: JWTVerifyGetKey;
}

/** The trusted issuers, by their URL. */
export type Issuers = ReadonlyMap<string, TrustedIssuer>;

/** @param timing as tests need it */
export const trustIssuers = (issuers: readonly Issuer[], timing?: KeySetTiming): Issuers =>
  new Map(issuers.map((issuer) => [issuer.url, { ...issuer, getKey: makeKeySet(issuer.url, timing) }]));
