import { z } from 'zod';
import { isPlainObject, type JsonObject } from '../json/json.ts';
import { repositoryFields, resolveRepository, type RepositoryRef } from './repository-input.ts';
import { commitSha, issueNumber } from './text.ts';

/** Which repository, commit and issue to retrieve everything of. */
export interface RetrieveInput extends RepositoryRef {
  readonly commitSha: string;
  /** Null: every issue that has something stored at that commit. */
  readonly issueNumber: number | null;
}

/** What a retrieve asks for; REST takes the same names as query parameters. */
export const retrieveInput = z
  .object({
    ...repositoryFields,
    commit: commitSha,
    issue: issueNumber.optional().meta({
      description: 'Leave it out to get every issue that has something stored at that commit.',
    }),
  })
  .meta({ id: 'RetrieveInput' })
  .transform((input, context): RetrieveInput => ({
    ...resolveRepository(input, context),
    commitSha: input.commit,
    issueNumber: input.issue ?? null,
  }));

/** A phase's own object as it was stored; checked then, so not checked again. */
const storedObject = z
  .custom<JsonObject>((value) => isPlainObject(value))
  .meta({ override: { type: 'object', additionalProperties: true } });

const byIssue = z.record(z.templateLiteral(['issue-', z.int()]), storedObject).meta({
  override: {
    type: 'object',
    patternProperties: { '^issue-[0-9]+$': { type: 'object' } },
    additionalProperties: false,
  },
});

/** The phases that have data; the others are absent. */
export const retrieveOutput = z
  .object({
    scan: storedObject.optional().meta({ description: 'The newest for the repository and commit.' }),
    validation: byIssue.optional().meta({ description: 'The newest of each issue, keyed `issue-<number>`.' }),
    mitigation: byIssue.optional().meta({
      description:
        'The newest of each issue, keyed `issue-<number>`, with `pr_url`, `pr_number` and `files_changed` where known.',
    }),
  })
  .meta({ id: 'RetrieveOutput' });
export type RetrieveOutput = z.infer<typeof retrieveOutput>;
