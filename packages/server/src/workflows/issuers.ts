// Who is trusted to say which workflow it is. Tokens of anybody else are refused before anything is fetched.
import type { ForgeType } from '@rsolv/shared/forge';
import type { JWTVerifyGetKey } from 'jose';
import { makeKeySet, type KeySetTiming } from './key-set.ts';

/** Who gives out ID tokens to a forge's workflows. */
export interface Issuer {
  readonly forge: ForgeType;
  /** Exactly as tokens name it. */
  readonly url: string;
}

/** An issuer with its keys. */
export interface TrustedIssuer extends Issuer {
  readonly getKey: JWTVerifyGetKey;
}

/** The trusted issuers, by their URL. */
export type Issuers = ReadonlyMap<string, TrustedIssuer>;

/** @param timing as tests need it */
export const trustIssuers = (issuers: readonly Issuer[], timing?: KeySetTiming): Issuers =>
  new Map(issuers.map((issuer) => [issuer.url, { ...issuer, getKey: makeKeySet(issuer.url, timing) }]));
