// Whether an ID token is one of a trusted issuer, for this platform, now: https://www.rfc-editor.org/rfc/rfc8725
// Whose it claims to be is looked up before a key is fetched, and its algorithm is never its own choice. Nothing here
// knows whether it was used before; see redeem-id-token.ts.
import type { ForgeType } from '@rsolv/shared/contract/forge';
import { describeValue } from '@rsolv/shared/contract/expected';
import { PlatformError } from '@rsolv/shared/errors/platform-error';
import { InvalidTokenError } from '@rsolv/shared/errors/workflow-error';
import { decodeJwt, decodeProtectedHeader, errors, jwtVerify, type JWTPayload } from 'jose';
import { readClaims, type WorkflowIdentity } from './claims.ts';
import type { Issuers, TrustedIssuer } from './issuers.ts';

/** What GitHub and GitLab sign with; neither documents another one. */
const algorithm = 'RS256';

/** How far clocks may differ. */
const clockToleranceSeconds = 30;

/** For how long a token may be made out: GitHub's are for minutes, GitLab's for as long as their job may take. */
const maxLifeSeconds: Record<ForgeType, number> = { github: 3600, gitlab: 24 * 3600 };

/** A token that is good, and whom it is for. */
export interface VerifiedToken extends WorkflowIdentity {
  readonly audience: string;
}

/** @throws InvalidTokenError, IssuerUnavailableError */
export async function verifyIdToken(issuers: Issuers, token: string): Promise<VerifiedToken> {
  const issuer = findIssuer(issuers, token);
  const payload = await checkSignature(issuer, token);
  const { data: claims, error } = readClaims(issuer.forge, payload);
  if (claims === undefined) {
    const faults = error.issues.map(({ path, message }) => `${path.join('.')} ${message}`);
    throw new InvalidTokenError(`The ID token is not one of a ${issuer.forge} workflow: ${faults.join('; ')}.`);
  }
  requireShortLife(issuer.forge, claims);
  const { repository, ownerId, repositoryId, run, jti: tokenId, exp, aud } = claims;
  if (run.event === 'pull_request_target') {
    throw new InvalidTokenError(
      'Tokens of pull_request_target workflows are refused: those run for anybody who opens a pull request. Use another event.',
    );
  }
  const [audience, ...others] = aud;
  // Whoever else it is for could show it here.
  if (audience === undefined || others.length > 0) {
    throw new InvalidTokenError(`The ID token has to be for one audience alone, not ${aud.length}.`);
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

/** By what the token says of itself, which nobody has checked yet. */
function findIssuer(issuers: Issuers, token: string): TrustedIssuer {
  const { alg, iss } = peek(token);
  if (alg !== algorithm) {
    throw new InvalidTokenError(`The ID token has to be signed by ${algorithm}, not ${describeValue(alg)}.`);
  }
  const issuer = issuers.get(iss ?? '');
  if (issuer !== undefined) return issuer;
  throw new InvalidTokenError(
    `The issuer of the ID token, ${describeValue(iss)}, is not trusted here. The platform's operator can add it to RSOLV_OIDC_ISSUERS.`,
  );
}

function peek(token: string): { alg: unknown; iss: string | undefined } {
  try {
    return { alg: decodeProtectedHeader(token).alg, iss: decodeJwt(token).iss };
  } catch (cause) {
    throw new InvalidTokenError('The ID token can not be read: it is no JSON Web Token.', { cause });
  }
}

async function checkSignature({ forge, url, getKey }: TrustedIssuer, token: string): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(token, getKey, {
      algorithms: [algorithm],
      issuer: url,
      clockTolerance: clockToleranceSeconds,
      requiredClaims: ['exp', 'nbf'],
      maxTokenAge: maxLifeSeconds[forge],
    });
    return payload;
  } catch (cause) {
    if (cause instanceof PlatformError) throw cause;
    throw new InvalidTokenError(explain(cause), { cause });
  }
}

function explain(cause: unknown): string {
  if (cause instanceof errors.JWTExpired) return 'The ID token has expired. Get a new one.';
  if (cause instanceof errors.JWTClaimValidationFailed) {
    return cause.claim === 'nbf' || cause.claim === 'iat'
      ? `The ID token counts only in the future, or does not say from when: its claim ${cause.claim}.`
      : `The ID token's claim ${cause.claim} is missing or wrong.`;
  }
  if (cause instanceof errors.JWKSNoMatchingKey || cause instanceof errors.JWKSMultipleMatchingKeys) {
    return "The ID token names none of its issuer's keys. If the issuer has just changed them, try again in half a minute.";
  }
  return "The ID token's signature is not its issuer's.";
}

function requireShortLife(forge: ForgeType, { exp, iat }: { exp: number; iat: number }): void {
  const most = maxLifeSeconds[forge];
  if (exp - iat <= most) return;
  throw new InvalidTokenError(
    `The ID token counts for ${exp - iat} seconds, ${most} are allowed${forge === 'gitlab' ? '; GitLab makes it as long as the timeout of its job' : ''}.`,
  );
}
