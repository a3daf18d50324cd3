import { z } from 'zod';
import { expected } from './expected.ts';
import { forgeType, namespaceProblem } from './forge.ts';
import { nextCursor, pageFields } from './page.ts';
import { strictObject } from './strict-object.ts';
import { timestamp } from './timestamp.ts';

/** Who can verify a forge account: the platform's operator, or a workflow in the namespace. */
export const verifiers = ['operator', 'workflow'] as const;

/** One of {@link verifiers}. */
export type Verifier = (typeof verifiers)[number];

/**
 * A customer's account on a forge: an owner on GitHub, or a group on GitLab with all its subgroups. It gives access to the
 * namespace's repositories once it is verified.
 */
export const forgeAccount = z
  .object({
    id: z.uuid().meta({ description: 'The id of the forge account.' }),
    forge: forgeType,
    namespace: z.string().meta({
      description: 'The namespace, as it was first added: an owner on GitHub, a group on GitLab.',
      examples: ['acme/backend'],
    }),
    verified: z.boolean().meta({
      description:
        'Whether the namespace is verified. Only then does it give access: on GitLab also to all subgroups of the group.',
    }),
    verifiedAt: timestamp.nullable().meta({ description: 'When the namespace was last verified; null if it is not.' }),
    verifiedBy: z
      .enum(verifiers)
      .nullable()
      .meta({
        description:
          "Who verified the namespace: the platform's operator, or a workflow in the namespace with its ID token. Null if it " +
          'is not verified.',
      }),
  })
  .meta({ id: 'ForgeAccount' });

/** A forge account in a response. */
export type ForgeAccountOutput = z.infer<typeof forgeAccount>;

/** The input that lists a customer's forge accounts. */
export const listForgeAccountsInput = strictObject(pageFields(), 'an object').prefault({});

/** A page of forge accounts, by namespace. */
export const listForgeAccountsOutput = z
  .object({
    forgeAccounts: z.array(forgeAccount).meta({ description: 'The forge accounts, by namespace.' }),
    nextCursor,
  })
  .meta({ id: 'ForgeAccountPage' });

/** What a workflow in the namespace needs to verify it. */
export const verification = z
  .object({
    nonce: z.string().meta({ description: 'A random value that is valid once. It is part of the audience.' }),
    audience: z.string().meta({
      description: 'The audience that the ID token must have, and no other.',
      examples: ['https://rsolv.example.com/verify/KX3mZ0u9'],
    }),
    expiresAt: timestamp.meta({
      description: 'Until when a workflow can verify the namespace: 24 hours from the request.',
    }),
  })
  .meta({ id: 'Verification' });

/** A forge account with what a workflow needs to verify it, the first time or again. */
export const forgeAccountWithVerification = forgeAccount
  .extend({ verification })
  .meta({ id: 'ForgeAccountWithVerification' });

const namespaceFields = {
  forge: forgeType.default('github'),
  namespace: z.string(expected('a string')).meta({
    description:
      'The namespace: an owner on GitHub, a group with all groups that contain it on GitLab, such as `group/subgroup`. ' +
      'Case-insensitive.',
    examples: ['RSOLV-dev', 'acme/backend'],
  }),
};

/** The input that names a forge account. */
export const forgeAccountRef = strictObject(namespaceFields, 'a JSON object').superRefine(
  ({ forge, namespace }, context) => {
    const problem = namespaceProblem(forge, namespace);
    if (problem !== undefined) context.addIssue({ code: 'custom', path: ['namespace'], message: problem });
  },
);
