import { z } from 'zod';
import { scope, type Scope } from './api-key.ts';
import { expected } from './expected.ts';
import { list } from './list.ts';
import { strictObject } from './strict-object.ts';
import { timestamp } from './timestamp.ts';

/** The grant type of an OAuth 2.0 token exchange: https://www.rfc-editor.org/rfc/rfc8693 */
export const tokenExchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange';

/** The token types of RFC 8693 that are used here: https://www.rfc-editor.org/rfc/rfc8693#section-3 */
export const tokenTypes = {
  accessToken: 'urn:ietf:params:oauth:token-type:access_token',
  idToken: 'urn:ietf:params:oauth:token-type:id_token',
  jwt: 'urn:ietf:params:oauth:token-type:jwt',
} as const;

/** How long the API key of a workflow is valid, in seconds. */
export const workflowKeyLifetimeSeconds = 900;

/** In characters. ID tokens of GitHub and GitLab have about 2,000. */
export const maxTokenLength = 16 * 1024;

// No message of this file shows the value: callers may have sent the token in the wrong field.
const idToken = z
  .string({ error: ({ input }) => (input === undefined ? 'is required' : 'must be a string') })
  .max(maxTokenLength, `must have at most ${maxTokenLength} characters`)
  .regex(/^[\w-]+\.[\w-]+\.[\w-]*$/, 'must be an ID token: three base64url parts separated by dots')
  .meta({ description: 'The ID token that GitHub or GitLab issued to the workflow.' });

const oneOf = (first: string, ...others: string[]) =>
  z.enum([first, ...others], {
    error: ({ input }) => (input === undefined ? 'is required' : `must be ${[first, ...others].join(' or ')}`),
  });

/** The input that verifies a namespace with a workflow's ID token. */
export const verifyNamespaceInput = strictObject({ subjectToken: idToken }, 'a JSON object');

/** The scopes that the API key of a workflow can have. By default it has all of them. */
const workflowScopes = ['phases:read', 'phases:write'] as const satisfies readonly Scope[];

const workflowScope = z.enum(workflowScopes, { error: `must be ${workflowScopes.join(' or ')}` });

/** The input that exchanges an ID token, over tRPC. */
export const exchangeInput = strictObject(
  {
    subjectToken: idToken,
    scopes: list(workflowScope, { max: 10, empty: 'must have at least one scope, or be left out' })
      .optional()
      .meta({ description: `The scopes of the key. Default: ${workflowScopes.join(' and ')}.` }),
  },
  'a JSON object',
);

/** {@link exchangeInput}'s scopes as OAuth spells them: https://www.rfc-editor.org/rfc/rfc6749#section-3.3 */
const oauthScope = z
  .string({ error: 'must be a string' })
  .max(100, 'must have at most 100 characters')
  .transform((value) => value.split(' '))
  .refine(
    (asked): asked is Scope[] => asked.every((each) => workflowScope.safeParse(each).success),
    `must be ${workflowScopes.join(' or ')}, or both separated by a space`,
  );

/** The response to an exchange of an ID token, over tRPC. */
export const exchangedKey = z.object({
  apiKey: z.string().meta({ description: 'The API key.' }),
  expiresAt: timestamp.meta({ description: 'When the key expires: after 15 minutes.' }),
  scopes: z.array(scope).meta({ description: 'The scopes of the key.' }),
  repository: z.string().meta({
    description: 'The only repository that the key may access: the one that the workflow runs in.',
    examples: ['github:acme/shop'],
  }),
});

/**
 * The request that exchanges an ID token over REST: https://www.rfc-editor.org/rfc/rfc8693#section-2.1
 * Unlike all others, it ignores unknown parameters: https://www.rfc-editor.org/rfc/rfc6749#section-3.2
 */
export const tokenExchangeRequest = z.object(
  {
    grant_type: oneOf(tokenExchangeGrant).meta({ description: 'The grant type of a token exchange.' }),
    subject_token: idToken,
    subject_token_type: oneOf(tokenTypes.idToken, tokenTypes.jwt).meta({
      description: 'The type of `subject_token`.',
    }),
    requested_token_type: oneOf(tokenTypes.accessToken)
      .optional()
      .meta({ description: 'The type of the token to issue.' }),
    scope: oauthScope.optional().meta({
      description: `The scopes of the key, separated by spaces. Default: ${workflowScopes.join(' and ')}.`,
      examples: ['phases:read'],
    }),
  },
  expected('a form or a JSON object'),
);

/** The response to a token exchange over REST: https://www.rfc-editor.org/rfc/rfc8693#section-2.2 */
export const tokenExchangeResponse = z
  .object({
    access_token: z.string().meta({ description: 'The API key. Send it like any other API key.' }),
    issued_token_type: z.literal(tokenTypes.accessToken).meta({ description: 'The type of `access_token`.' }),
    token_type: z.literal('Bearer').meta({ description: 'How to send it: `Authorization: Bearer <access_token>`.' }),
    expires_in: z
      .int()
      .meta({ description: 'How many seconds the key is valid.', examples: [workflowKeyLifetimeSeconds] }),
    scope: z.string().meta({
      description: 'The scopes of the key, separated by spaces.',
      examples: [workflowScopes.join(' ')],
    }),
    repository: z.string().meta({
      description: 'The only repository that the key may access: the one that the workflow runs in.',
      examples: ['github:acme/shop'],
    }),
  })
  .meta({ id: 'TokenExchangeResponse' });

/** The response to a token exchange over REST. */
export type TokenExchangeResponse = z.infer<typeof tokenExchangeResponse>;
