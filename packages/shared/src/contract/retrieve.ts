import { z } from 'zod';
import { isPlainObject, type JsonObject } from '../json/json.ts';
import { retrieveNames } from '../wire/accepted-names.ts';
import { acceptNames } from '../wire/field-names.ts';
import { repositoryFields, resolveRepository, type RepositoryRef } from './repository-input.ts';
import { strictObject } from './strict-object.ts';
import { commitSha, issueNumber } from './text.ts';

/** The parsed input of a retrieve. */
export interface RetrieveInput extends RepositoryRef {
  readonly commitSha: string;
  /** Null: every issue that has a validation or mitigation at that commit. */
  readonly issueNumber: number | null;
}

/** The fields of a retrieve, under their own names; REST takes them as query parameters. */
export const retrieveFields = strictObject(
  {
    ...repositoryFields,
    commit: commitSha.meta({
      description:
        'The commit. Seven or more hexadecimal digits stand for the only commit of the repository that begins with them.',
    }),
    issue: issueNumber.optional().meta({
      description:
        'The number of the issue. Without it, the response contains every issue that has a validation or mitigation at the ' +
        'commit.',
    }),
  },
  'an object',
).meta({ id: 'RetrieveInput' });

/** The input of a retrieve under all its names, parsed to a {@link RetrieveInput}. */
export const retrieveInput = acceptNames(
  retrieveNames,
  retrieveFields.transform((input, context): RetrieveInput => ({
    ...resolveRepository(input, context),
    commitSha: input.commit,
    issueNumber: input.issue ?? null,
  })),
);

/** A phase's own object as it was stored. It was checked when it was stored, and is not checked again. */
export const storedObject = z
  .custom<JsonObject>((value) => isPlainObject(value))
  .meta({ override: { type: 'object', additionalProperties: true } });

const byIssue = z.record(z.templateLiteral(['issue-', z.int()]), storedObject).meta({
  override: {
    type: 'object',
    patternProperties: { '^issue-[0-9]+$': { type: 'object' } },
    additionalProperties: false,
  },
});

/** The response of a retrieve: the phases that have data. Others are absent. */
export const retrieveOutput = z
  .object({
    scan: storedObject.optional().meta({
      description: 'The newest completed scan of the repository and commit.',
      examples: [{ vulnerabilities: [{ type: 'xss', file: 'app/views/profile.js', line: 12 }] }],
    }),
    validation: byIssue.optional().meta({
      description: 'The newest completed validation of each issue, by `issue-<number>`.',
      examples: [{ 'issue-42': { validated: true } }],
    }),
    mitigation: byIssue.optional().meta({
      description:
        'The newest completed mitigation of each issue, by `issue-<number>`, with `pr_url`, `pr_number` and ' +
        '`files_changed` where they are known.',
      examples: [{ 'issue-42': { fixed: true, pr_url: 'https://github.com/acme/shop/pull/7', pr_number: 7 } }],
    }),
  })
  .meta({ id: 'RetrieveOutput' });

/** The response of a retrieve. */
export type RetrieveOutput = z.infer<typeof retrieveOutput>;
