// The claims of each forge's ID tokens that the platform uses. Access depends on ids, which are never reassigned; names are
// for messages and for finding rows.
import { expected } from '@rsolv/shared/contract/expected';
import { parseRepositoryPath, type ForgeType } from '@rsolv/shared/contract/forge';
import type { RepositoryRef } from '@rsolv/shared/contract/repository-input';
import { text } from '@rsolv/shared/contract/text';
import { z } from 'zod';
import type { WorkflowRun } from '../entities/api-key.ts';

/** What a valid ID token proves: a run of a workflow in a repository. */
export interface WorkflowIdentity {
  readonly issuer: string;
  readonly repository: RepositoryRef;
  /** The id of the namespace's owner on the forge. */
  readonly ownerId: string;
  /** The repository's id on the forge. */
  readonly repositoryId: string;
  /** The claim jti. */
  readonly tokenId: string;
  readonly expiresAt: Date;
  readonly run: WorkflowRun;
}

/** Forges send ids as strings; an older or newer release may send numbers. */
const numeral = z
  .union([z.string(), z.int().nonnegative().transform(String)], expected('a string of digits'))
  .refine((value) => /^\d{1,20}$/.test(value), 'must be a string of digits');
const word = text(1000);
/** What is recorded for people. A forge sends an empty text, or null, where it has nothing. */
const optional = z
  .union([z.literal('').transform(() => null), word, z.int().transform(String)], expected('text'))
  .nullish()
  .transform((value) => value ?? null);
/** In seconds. RFC 7519 allows fractions. */
const seconds = z.number(expected('a number of seconds')).transform(Math.floor);

const standard = {
  aud: z.union([word, z.array(word)], expected('text')).transform((value) => [value].flat()),
  exp: seconds,
  iat: seconds,
  jti: text(255),
};

/** https://docs.github.com/en/actions/reference/security/oidc */
const github = z
  .object({
    ...standard,
    repository: word,
    repository_id: numeral,
    repository_owner_id: numeral,
    event_name: word,
    run_id: numeral,
    run_attempt: optional,
    workflow_ref: optional,
    ref: optional,
    actor: optional,
  })
  .transform((claims) => ({
    ...claims,
    path: claims.repository,
    repositoryId: claims.repository_id,
    ownerId: claims.repository_owner_id,
    run: {
      run: claims.run_id,
      part: claims.run_attempt,
      event: claims.event_name,
      workflow: claims.workflow_ref,
      ref: claims.ref,
      actor: claims.actor,
    },
  }));

/** https://docs.gitlab.com/ci/secrets/id_token_authentication/ */
const gitlab = z
  .object({
    ...standard,
    project_path: word,
    project_id: numeral,
    namespace_id: numeral,
    pipeline_source: optional,
    pipeline_id: numeral,
    job_id: optional,
    ci_config_ref_uri: optional,
    ref: optional,
    user_login: optional,
  })
  .transform((claims) => ({
    ...claims,
    path: claims.project_path,
    repositoryId: claims.project_id,
    ownerId: claims.namespace_id,
    run: {
      run: claims.pipeline_id,
      part: claims.job_id,
      // GitLab's own word for a pipeline without a source.
      event: claims.pipeline_source ?? 'unknown',
      workflow: claims.ci_config_ref_uri,
      ref: claims.ref,
      actor: claims.user_login,
    },
  }));

const claimsOf = { github, gitlab } satisfies Record<ForgeType, z.ZodType>;

/** Parses the claims of a token and splits its repository by the rules of the forge. Issues name the invalid claim. */
export const readClaims = (forge: ForgeType, payload: unknown) =>
  claimsOf[forge]
    .transform((claims, context) => {
      const repository = parseRepositoryPath(forge, claims.path);
      if (!('problem' in repository)) return { ...claims, repository: { forge, ...repository } };
      context.addIssue({ code: 'custom', path: ['repository'], message: repository.problem });
      return z.NEVER;
    })
    .safeParse(payload);
