// Verifies ID tokens as RFC 8725 recommends: https://www.rfc-editor.org/rfc/rfc8725
// The issuer must be trusted before any key is fetched, and the token can't choose its algorithm. Whether the token was used
// before is checked in redeem-id-token.ts.
import type { ForgeType } from '@rsolv/shared/contract/forge';
import { describeValue } from '@rsolv/shared/contract/expected';
import { PlatformError } from '@rsolv/shared/errors/platform-error';
import { InvalidTokenError } from '@rsolv/shared/errors/workflow-errors';
import { decodeJwt, decodeProtectedHeader, errors, jwtVerify, type JWTPayload } from 'jose';
import { readClaims, type WorkflowIdentity } from './claims.ts';
import type { Issuers, TrustedIssuer } from './issuers.ts';

/** The algorithm that GitHub and GitLab sign with. Neither documents another one. */
const algorithm = 'RS256';

/** How far the issuer's clock may be ahead of this server's. A token that begins a little later is no risk: it is used once. */
const clockToleranceSeconds = 300;

/** How long after its end a token is accepted. */
const expiryToleranceSeconds = 30;

/** The longest accepted lifetime of a token. GitHub's are valid for minutes, GitLab's for the timeout of their job. */
const maxLifetimeSeconds: Record<ForgeType, number> = { github: 3600, gitlab: 24 * 3600 };

/** A valid token. */
export interface VerifiedToken extends WorkflowIdentity {
  readonly audience: string;
}

/**
 * Verifies signature, issuer, lifetime and claims of a token. The caller checks the audience.
 *
 * @throws InvalidTokenError, IssuerUnavailableError
 */
export async function verifyIdToken(issuers: Issuers, token: string): Promise<VerifiedToken> {
  const issuer = findIssuer(issuers, token);
  const payload = await checkSignature(issuer, token);
  const { data: claims, error } = readClaims(issuer.forge, payload);
  if (claims === undefined) {
    const problems = error.issues.map(({ path, message }) => `${path.join('.')} ${message}`);
    throw new InvalidTokenError(
      `The ID token does not have the claims of a ${issuer.forge} workflow: ${problems.join('; ')}.`,
    );
  }
  requireShortLifetime(issuer.forge, claims);
  const { repository, ownerId, repositoryId, run, jti: tokenId, exp, aud } = claims;
  if (run.event === 'pull_request_target') {
    throw new InvalidTokenError(
      'ID tokens of the event pull_request_target are refused, because anybody can trigger it with a pull request. Run the workflow on another event.',
    );
  }
  const [audience, ...others] = aud;
  // Another recipient of the token could replay it here.
  if (audience === undefined || others.length > 0) {
    throw new InvalidTokenError(
      `The ID token has ${aud.length} audiences. Request a token with exactly one, which is this platform.`,
    );
  }
  const path = `${repository.namespace}/${repository.name}`;
  const from = { issuer: issuer.url, ownerId, repositoryId };
  return {
    ...from,
    repository,
    tokenId,
    audience,
    expiresAt: new Date(exp * 1000),
    run: { ...from, repository: path, ...run },
  };
}

/** Finds the issuer by the unverified content of the token. */
function findIssuer(issuers: Issuers, token: string): TrustedIssuer {
  const { alg, iss } = decodeUnverified(token);
  if (alg !== algorithm) {
    throw new InvalidTokenError(
      `The ID token is signed with the algorithm ${describeValue(alg)}; only ${algorithm} is accepted. Send the token as GitHub or GitLab issued it.`,
    );
  }
  const issuer = issuers.get(iss ?? '');
  if (issuer !== undefined) return issuer;
  throw new InvalidTokenError(
    `The issuer ${describeValue(iss)} of the ID token is not trusted by this platform. Ask the platform's operator to add it to RSOLV_OIDC_ISSUERS.`,
  );
}

function decodeUnverified(token: string): { alg: unknown; iss: string | undefined } {
  try {
    return { alg: decodeProtectedHeader(token).alg, iss: decodeJwt(token).iss };
  } catch (cause) {
    throw new InvalidTokenError('The ID token is not a JSON Web Token. Send the token as GitHub or GitLab issued it.', {
      cause,
    });
  }
}

async function checkSignature({ forge, url, getKey }: TrustedIssuer, token: string): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(token, getKey, {
      algorithms: [algorithm],
      issuer: url,
      clockTolerance: clockToleranceSeconds,
      requiredClaims: ['exp', 'nbf'],
      maxTokenAge: maxLifetimeSeconds[forge],
    });
    if (Number(payload.exp) <= Date.now() / 1000 - expiryToleranceSeconds) throw new InvalidTokenError(hasExpired);
    return payload;
  } catch (cause) {
    if (cause instanceof PlatformError) throw cause;
    throw new InvalidTokenError(explain(cause), { cause });
  }
}

const hasExpired = 'The ID token has expired. Request a new one.';

function explain(cause: unknown): string {
  if (cause instanceof errors.JWTExpired) return hasExpired;
  if (cause instanceof errors.JWTClaimValidationFailed) {
    const { claim } = cause;
    const time = cause.payload[claim];
    if (claim !== 'nbf' && claim !== 'iat') {
      return `The claim ${claim} of the ID token is missing or has a wrong value. Request a new token.`;
    }
    return typeof time === 'number'
      ? `The ID token is not valid yet: its claim ${claim} is ${Math.round(time - Date.now() / 1000)} seconds ahead of the platform's clock. Correct the clock of the issuer or of the platform.`
      : `The ID token is not valid yet, or its claim ${claim} is missing. If it is new, compare the clocks of the issuer and the platform.`;
  }
  if (cause instanceof errors.JWKSNoMatchingKey || cause instanceof errors.JWKSMultipleMatchingKeys) {
    return 'The ID token is not signed with a known key of its issuer. If the issuer has just rotated its keys, retry in 30 seconds.';
  }
  return 'The signature of the ID token is invalid. Send the token as GitHub or GitLab issued it.';
}

function requireShortLifetime(forge: ForgeType, { exp, iat }: { exp: number; iat: number }): void {
  const max = maxLifetimeSeconds[forge];
  if (exp - iat <= max) return;
  throw new InvalidTokenError(
    `The ID token is valid for ${exp - iat} seconds; the limit is ${max}.${forge === 'gitlab' ? ' GitLab takes the lifetime from the timeout of the job: shorten that.' : ''}`,
  );
}
