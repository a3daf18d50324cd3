import { z } from 'zod';
import { scope, type Scope } from './api-key.ts';
import { expected } from './expected.ts';
import { list } from './list.ts';
import { timestamp } from './timestamp.ts';

/** The grant type of an OAuth 2.0 token exchange: https://www.rfc-editor.org/rfc/rfc8693 */
export const tokenExchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange';

/** What RFC 8693 calls the tokens that are taken and given here. */
export const tokenTypes = {
  accessToken: 'urn:ietf:params:oauth:token-type:access_token',
  idToken: 'urn:ietf:params:oauth:token-type:id_token',
  jwt: 'urn:ietf:params:oauth:token-type:jwt',
} as const;

/** How long a key that a token was exchanged for counts, in seconds. */
export const workflowKeyLifetimeSeconds = 900;

/** Those of GitHub and GitLab have some 2 KB. */
const maxTokenLength = 16 * 1024;

// No message shows what was sent: it may be the token, in the wrong field.
const idToken = z
  .string({ error: ({ input }) => (input === undefined ? 'is required' : 'must be a string') })
  .max(maxTokenLength, `must have at most ${maxTokenLength} characters`)
  .regex(/^[\w-]+\.[\w-]+\.[\w-]*$/, 'must be an ID token: three parts in base64url, with dots between')
  .meta({ description: 'The ID token that GitHub or GitLab gave to the workflow.' });

const oneOf = (first: string, ...others: string[]) =>
  z.enum([first, ...others], {
    error: ({ input }) => (input === undefined ? 'is required' : `must be ${[first, ...others].join(' or ')}`),
  });

/** A workflow's ID token, to be exchanged or to verify a namespace with. */
export const verifyNamespaceInput = z.object({ subjectToken: idToken }, expected('a JSON object'));

/** What a workflow's key may do at most, and does where nothing less is asked for. */
const workflowScopes = ['phases:read', 'phases:write'] as const satisfies readonly Scope[];

const workflowScope = z.enum(workflowScopes, { error: `must be ${workflowScopes.join(' or ')}` });

/** An ID token to be exchanged, and what for. */
export const exchangeInput = verifyNamespaceInput.extend({
  scopes: list(workflowScope, { max: 10, empty: 'must name at least one, or be left out' })
    .optional()
    .meta({ description: `What the key is to do. Default: ${workflowScopes.join(' and ')}.` }),
});

/** {@link exchangeInput}'s scopes as OAuth spells them: https://www.rfc-editor.org/rfc/rfc6749#section-3.3 */
const oauthScope = z
  .string({ error: 'must be a string' })
  .max(100, 'must have at most 100 characters')
  .transform((value) => value.split(' '))
  .refine(
    (asked): asked is Scope[] => asked.every((each) => workflowScope.safeParse(each).success),
    `must be ${workflowScopes.join(' or ')}, or both with a space between`,
  );

/** A key that a workflow got for its token. */
export const exchangedKey = z.object({
  apiKey: z.string(),
  expiresAt: timestamp,
  scopes: z.array(scope),
  repository: z.string(),
});

/** A token exchange as RFC 8693 spells it. */
export const tokenExchangeRequest = z.object(
  {
    grant_type: oneOf(tokenExchangeGrant),
    subject_token: idToken,
    subject_token_type: oneOf(tokenTypes.idToken, tokenTypes.jwt),
    requested_token_type: oneOf(tokenTypes.accessToken).optional(),
    scope: oauthScope.optional().meta({
      description: 'What the key is to do, with spaces between. Default: all that a workflow may.',
      examples: ['phases:read'],
    }),
  },
  expected('a form or a JSON object'),
);

/** Its answer. */
export const tokenExchangeResponse = z
  .object({
    access_token: z.string().meta({ description: 'An API key, to be sent as any other.' }),
    issued_token_type: z.literal(tokenTypes.accessToken),
    token_type: z.literal('Bearer'),
    expires_in: z.int().meta({ description: 'In seconds.' }),
    scope: z.string().meta({ description: 'What the key may do, with spaces between.' }),
    repository: z.string().meta({ description: 'The only one that it may reach.', examples: ['github:acme/shop'] }),
  })
  .meta({ id: 'TokenExchangeResponse' });
export type TokenExchangeResponse = z.infer<typeof tokenExchangeResponse>;
