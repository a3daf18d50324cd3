import { z } from 'zod';
import { expected } from './expected.ts';
import { forgeType, namespaceProblem } from './forge.ts';
import { nextCursor, pageFields } from './page.ts';
import { timestamp } from './timestamp.ts';

/** Who confirms a claim: the platform's operator, or a workflow in the namespace. */
export const verifiers = ['operator', 'workflow'] as const;

/** One of {@link verifiers}. */
export type Verifier = (typeof verifiers)[number];

/** A customer's claim to a namespace of a forge: an owner on GitHub, a group on GitLab with all that lies below it. */
export const forgeAccount = z
  .object({
    id: z.uuid(),
    forge: forgeType,
    namespace: z.string(),
    verified: z.boolean().meta({
      description:
        'Only a verified forge account gives access: to its namespace, and on GitLab to all groups below it.',
    }),
    verifiedAt: timestamp.nullable(),
    verifiedBy: z.enum(verifiers).nullable().meta({
      description: "Who confirmed it: the platform's operator, or a workflow in the namespace by its ID token.",
    }),
  })
  .meta({ id: 'ForgeAccount' });
export type ForgeAccountOutput = z.infer<typeof forgeAccount>;

/** Which page of the customer's forge accounts to read. */
export const listForgeAccountsInput = z.object(pageFields(), expected('an object')).prefault({});

/** A page of forge accounts, by namespace. */
export const listForgeAccountsOutput = z
  .object({ forgeAccounts: z.array(forgeAccount), nextCursor })
  .meta({ id: 'ForgeAccountPage' });

/** What a workflow in the namespace has to show, to verify it. */
export const verification = z
  .object({
    nonce: z.string(),
    audience: z.string().meta({ description: 'What the ID token has to have as its audience, and nothing else.' }),
    expiresAt: timestamp,
  })
  .meta({ id: 'Verification' });

/** A forge account that a workflow may verify, also once more. */
export const forgeAccountWithVerification = forgeAccount
  .extend({ verification })
  .meta({ id: 'ForgeAccountWithVerification' });

const namespaceFields = {
  forge: forgeType.default('github'),
  namespace: z.string(expected('a string')).meta({
    description:
      'The owner of the repositories: on GitHub its name, on GitLab a group with those it lies in, as in ' +
      '`group/subgroup`. Letter case does not matter.',
    examples: ['RSOLV-dev', 'acme/backend'],
  }),
};

/** Which namespace is meant. */
export const forgeAccountRef = z
  .object(namespaceFields, expected('a JSON object'))
  .superRefine(({ forge, namespace }, context) => {
    const problem = namespaceProblem(forge, namespace);
    if (problem !== undefined) context.addIssue({ code: 'custom', path: ['namespace'], message: problem });
  });
