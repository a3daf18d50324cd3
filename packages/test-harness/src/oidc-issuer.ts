// A fake OIDC issuer over HTTP. It serves its discovery document and its keys, rotates keys, fails on demand, and signs any
// claims. Jobs request ID tokens from it as they do from GitHub.
import { randomUUID } from 'node:crypto';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, type CryptoKey, type JWTPayload } from 'jose';
import { afterAll } from 'vitest';
import { trustIssuers } from '@rsolv/server/workflows/issuers';
import type { KeySetTiming } from '@rsolv/server/workflows/key-set';
import { startLocalServer, type LocalServer } from './local-server.ts';

/** Header fields that replace the valid ones. */
interface Header {
  readonly alg?: string;
  readonly kid?: string;
}

/** A running issuer. */
export interface OidcIssuer extends LocalServer {
  /** The requested paths, in order. */
  readonly requestedPaths: string[];
  /** Replaces parts of the responses. Tests set and delete its fields. */
  readonly overrides: { configuration?: object; keys?: object; status?: number; isDown?: boolean };
  /** Signs a token with these claims with the newest key. */
  sign(claims: JWTPayload, header?: Header): Promise<string>;
  /** Signs a token with HS256 and the newest public key as the shared secret. */
  signWithPublicKey(claims: JWTPayload): Promise<string>;
  /** Returns the variables with which a job requests ID tokens with these claims, for any audience. */
  registerJob(claims: ClaimsFor): JobVariables;
  /** The tokens that jobs have received. */
  readonly issuedTokens: readonly string[];
  /** Replaces the signing key. The previous key is no longer valid. */
  rotate(): Promise<void>;
}

/** https://docs.github.com/en/actions/reference/security/oidc */
export interface JobVariables {
  readonly ACTIONS_ID_TOKEN_REQUEST_URL: string;
  readonly ACTIONS_ID_TOKEN_REQUEST_TOKEN: string;
}

interface Keys {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
}

let keysMade = 0;

async function makeKeys(): Promise<Keys> {
  return { kid: `key-${keysMade++}`, ...(await generateKeyPair('RS256', { extractable: true })) };
}

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Returns an unsigned token. */
export const unsigned = (claims: JWTPayload): string => `${part({ alg: 'none', typ: 'JWT' })}.${part(claims)}.`;

/** Starts an issuer on loopback. */
export async function startOidcIssuer(): Promise<OidcIssuer> {
  let keys = await makeKeys();
  const requestedPaths: string[] = [];
  const overrides: OidcIssuer['overrides'] = {};
  const sign: OidcIssuer['sign'] = (claims, changes) =>
    new SignJWT(claims).setProtectedHeader(getHeader(keys, changes)).sign(keys.privateKey);
  const endpoint = makeTokenEndpoint(sign);
  const server = await startLocalServer(async ({ url = '', headers }, response) => {
    requestedPaths.push(url);
    if (overrides.isDown) throw new Error('down');
    const issuer = `http://${headers.host}`;
    const { kid, publicKey } = keys;
    const { pathname, searchParams } = new URL(url, issuer);
    const answers: Record<string, object | undefined> = {
      '/.well-known/openid-configuration': overrides.configuration ?? { issuer, jwks_uri: `${issuer}/keys` },
      '/keys': overrides.keys ?? { keys: [{ ...(await exportJWK(publicKey)), kid, use: 'sig', alg: 'RS256' }] },
      [tokenPath]: await endpoint.respond(headers.authorization, searchParams.get('audience')),
    };
    const answer = answers[pathname];
    response.writeHead(overrides.status ?? (answer === undefined ? 404 : 200), { location: `${issuer}/keys` });
    response.end(JSON.stringify(answer));
  });
  return {
    ...server,
    requestedPaths,
    overrides,
    sign,
    signWithPublicKey: async (claims) =>
      new SignJWT(claims)
        .setProtectedHeader(getHeader(keys, { alg: 'HS256' }))
        .sign(Buffer.from(await exportSPKI(keys.publicKey))),
    registerJob: (claims) => endpoint.register(server.url, claims),
    issuedTokens: endpoint.issuedTokens,
    rotate: async () => {
      keys = await makeKeys();
    },
  };
}

const getHeader = ({ kid }: Keys, changes: Header = {}) => ({ alg: 'RS256', typ: 'JWT', kid, ...changes });

type ClaimsFor = (audience: string) => JWTPayload;

const tokenPath = '/id-token';

/** The endpoint where jobs request ID tokens. Each job has its own request token. */
function makeTokenEndpoint(sign: OidcIssuer['sign']) {
  const jobs = new Map<string | undefined, ClaimsFor>();
  const issuedTokens: string[] = [];
  return {
    issuedTokens,
    register(issuer: string, claims: ClaimsFor): JobVariables {
      const requestToken = randomUUID();
      jobs.set(`Bearer ${requestToken}`, claims);
      const url = `${issuer}${tokenPath}?api-version=2.0`;
      return { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: requestToken };
    },
    async respond(authorization: string | undefined, audience: string | null) {
      const claims = jobs.get(authorization);
      if (!claims || audience === null) return undefined;
      const value = await sign(claims(audience));
      issuedTokens.push(value);
      return { value, count: value.length };
    },
  };
}

/** Timing without delays: keys are fetched again whenever a token requires it. */
export const noDelays: KeySetTiming = { timeoutMs: 5000, coolDownMs: 0, retryMs: 0, maxAgeMs: 600_000 };

/** Starts a trusted issuer for each forge, and closes them after the test file. */
export async function startIssuers(timing = noDelays) {
  const [github, gitlab] = await Promise.all([startOidcIssuer(), startOidcIssuer()]);
  afterAll(async () => {
    await Promise.all([github[Symbol.asyncDispose](), gitlab[Symbol.asyncDispose]()]);
  });
  const trusted = [
    { forge: 'github', url: github.url },
    { forge: 'gitlab', url: gitlab.url },
  ] as const;
  return { github, gitlab, issuers: trustIssuers(trusted, timing) };
}
