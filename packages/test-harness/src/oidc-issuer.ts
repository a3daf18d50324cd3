// An issuer of ID tokens, over HTTP: it says where its keys are, changes them, goes away, and signs whatever it is given.
// Jobs get theirs from it as from GitHub's runner.
import { randomUUID } from 'node:crypto';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, type CryptoKey, type JWTPayload } from 'jose';
import { afterAll } from 'vitest';
import { trustIssuers } from '@rsolv/server/workflows/issuers';
import type { KeySetTiming } from '@rsolv/server/workflows/key-set';
import { startLocalServer, type LocalServer } from './local-server.ts';

/** What a header has in place of what is right. */
interface Header {
  readonly alg?: string;
  readonly kid?: string;
}

/** A running issuer. */
export interface OidcIssuer extends LocalServer {
  /** The paths that were asked for, in order. */
  readonly asked: string[];
  /** What it answers; changed by tests. Undefined where it says what is right. */
  readonly says: { configuration?: object; keys?: object; status?: number; isAway?: boolean };
  /** A token of these claims, signed with the newest key. */
  sign(claims: JWTPayload, header?: Header): Promise<string>;
  /** The same, with the newest public key as if it were a shared secret. */
  confuse(claims: JWTPayload): Promise<string>;
  /** What a runner adds to the environment of a job that may get tokens: they have these claims, for any audience. */
  letJobAsk(claims: ClaimsFor): JobVariables;
  /** The tokens that jobs got. */
  readonly given: readonly string[];
  /** Changes its key; the one before counts no longer. */
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

/** A token that nobody has signed. */
export const unsigned = (claims: JWTPayload): string => `${part({ alg: 'none', typ: 'JWT' })}.${part(claims)}.`;

/** Starts one on loopback. */
export async function startOidcIssuer(): Promise<OidcIssuer> {
  let keys = await makeKeys();
  const asked: string[] = [];
  const says: OidcIssuer['says'] = {};
  const sign: OidcIssuer['sign'] = (claims, changes) =>
    new SignJWT(claims).setProtectedHeader(getHeader(keys, changes)).sign(keys.privateKey);
  const desk = openDesk(sign);
  const server = await startLocalServer(async ({ url = '', headers }, response) => {
    asked.push(url);
    if (says.isAway) throw new Error('away');
    const issuer = `http://${headers.host}`;
    const { kid, publicKey } = keys;
    const { pathname, searchParams } = new URL(url, issuer);
    const answers: Record<string, object | undefined> = {
      '/.well-known/openid-configuration': says.configuration ?? { issuer, jwks_uri: `${issuer}/keys` },
      '/keys': says.keys ?? { keys: [{ ...(await exportJWK(publicKey)), kid, use: 'sig', alg: 'RS256' }] },
      [deskPath]: await desk.answer(headers.authorization, searchParams.get('audience')),
    };
    const answer = answers[pathname];
    response.writeHead(says.status ?? (answer === undefined ? 404 : 200), { location: `${issuer}/keys` });
    response.end(JSON.stringify(answer));
  });
  return {
    ...server,
    asked,
    says,
    sign,
    confuse: async (claims) =>
      new SignJWT(claims)
        .setProtectedHeader(getHeader(keys, { alg: 'HS256' }))
        .sign(Buffer.from(await exportSPKI(keys.publicKey))),
    letJobAsk: (claims) => desk.admit(server.url, claims),
    given: desk.given,
    rotate: async () => {
      keys = await makeKeys();
    },
  };
}

const getHeader = ({ kid }: Keys, changes: Header = {}) => ({ alg: 'RS256', typ: 'JWT', kid, ...changes });

type ClaimsFor = (audience: string) => JWTPayload;

const deskPath = '/id-token';

/** Where jobs ask for their tokens, each by a token of its own for asking. */
function openDesk(sign: OidcIssuer['sign']) {
  const jobs = new Map<string | undefined, ClaimsFor>();
  const given: string[] = [];
  return {
    given,
    admit(issuer: string, claims: ClaimsFor): JobVariables {
      const requestToken = randomUUID();
      jobs.set(`Bearer ${requestToken}`, claims);
      const url = `${issuer}${deskPath}?api-version=2.0`;
      return { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: requestToken };
    },
    async answer(authorization: string | undefined, audience: string | null) {
      const claims = jobs.get(authorization);
      if (!claims || audience === null) return undefined;
      const value = await sign(claims(audience));
      given.push(value);
      return { value, count: value.length };
    },
  };
}

/** Times in which tests need no patience: the issuer is asked whenever a token gives a reason to. */
export const impatient: KeySetTiming = { timeoutMs: 5000, coolDownMs: 0, retryMs: 0, maxAgeMs: 600_000 };

/** Starts one for each forge, for a test file, and trusts them. */
export async function startIssuers(timing = impatient) {
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
