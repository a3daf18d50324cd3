import { z } from 'zod';
import { storableText } from '../json/json.ts';
import { retrieveNames } from '../wire/accepted-names.ts';
import { acceptNames } from '../wire/field-names.ts';
import { executionState } from './execution-state.ts';
import { expected } from './expected.ts';
import { forgeType, parseRepositoryPath } from './forge.ts';
import { momentSyntax, pastMoment } from './moment.ts';
import { nextCursor, pageFields } from './page.ts';
import { canonicalPhase, phase, phaseName } from './phase.ts';
import { storedObject } from './retrieve.ts';
import { strictObject } from './strict-object.ts';
import { commitSha, issueNumber, maxLengthError } from './text.ts';
import { timestamp } from './timestamp.ts';

/** The repository of an execution. */
const executionRepository = z
  .object({
    id: z.uuid().meta({ description: 'The id of the repository on the platform.' }),
    forge: forgeType,
    repo: z.string().meta({ description: 'The path of the repository.', examples: ['RSOLV-dev/demo'] }),
  })
  .meta({ description: 'The repository that the phase ran on.' });

const ofPhase = (phase: string, description: string) => `${description} Null for other phases than ${phase}.`;

/** One run of a phase, without its data. */
export const execution = z
  .object({
    id: z.uuid().meta({ description: 'The id of the execution, as the store returned it.' }),
    phase,
    repository: executionRepository,
    commitSha: z.string().meta({ description: 'The commit that the phase ran on.' }),
    branch: z
      .string()
      .nullable()
      .meta({ description: ofPhase('scan', 'The branch that was scanned, if it is known.'), examples: ['main'] }),
    issueNumber: z
      .int()
      .nullable()
      .meta({ description: 'The number of the issue. Null for the phase scan.', examples: [42] }),
    status: executionState,
    startedAt: timestamp.nullable().meta({ description: 'When the execution started. Null for the status pending.' }),
    completedAt: timestamp.nullable().meta({ description: 'When the execution ended. Null until it has.' }),
    createdAt: timestamp.meta({ description: 'When the execution was stored.' }),
    errorMessage: z
      .string()
      .nullable()
      .meta({
        description: 'Why the execution failed or is stale, if it is known.',
        examples: ['npm test exited with code 1'],
      }),
    dataBytes: z.int().nullable().meta({
      description: 'The size of the data as JSON, in bytes. Null for executions of early releases.',
    }),
    apiKey: z
      .object({
        id: z.uuid().meta({ description: 'The id of the API key.' }),
        name: z.string().meta({ description: 'What the key is used for.', examples: ['nightly scan'] }),
      })
      .nullable()
      .meta({ description: 'The API key that stored the execution. Null if the key was deleted since.' }),
    vulnerabilitiesCount: z
      .int()
      .nullable()
      .meta({ description: ofPhase('scan', 'How many vulnerabilities the data lists.'), examples: [12] }),
    validated: z
      .boolean()
      .nullable()
      .meta({ description: ofPhase('validation', 'Whether a failing test proves the vulnerability.') }),
    pullRequestUrl: z
      .string()
      .nullable()
      .meta({
        description: ofPhase('mitigation', 'The address of the pull request, if the data names one.'),
        examples: ['https://github.com/acme/shop/pull/7'],
      }),
    filesChanged: z
      .int()
      .nullable()
      .meta({ description: ofPhase('mitigation', 'How many files the fix changed, if the data tells.') }),
  })
  .meta({ id: 'Execution' });

/** One run of a phase, without its data. */
export type ExecutionOutput = z.infer<typeof execution>;

const filterFields = {
  forge: forgeType.default('github'),
  repo: z
    .string(expected('a string'))
    .optional()
    .meta({ description: 'Only executions of this repository: `owner/name`. Case-insensitive.' }),
  phase: phaseName.optional().meta({ description: 'Only executions of this phase.' }),
  status: executionState.optional().meta({ description: 'Only executions with this status.' }),
  issue: issueNumber.optional().meta({ description: 'Only executions for the issue with this number.' }),
  commit: commitSha.optional().meta({ description: 'Only executions on this commit.' }),
  branch: storableText
    .max(255, maxLengthError(255))
    .optional()
    .meta({ description: 'Only scans of this branch.', examples: ['main'] }),
  since: pastMoment
    .optional()
    .meta({ description: `Only executions that were stored at this time or later: ${momentSyntax} ago.` }),
  until: pastMoment
    .optional()
    .meta({ description: `Only executions that were stored before this time: ${momentSyntax} ago.` }),
};

/** The fields that list executions, under their own names; REST takes them as query parameters. */
export const listExecutionsFields = strictObject({ ...filterFields, ...pageFields() }, 'an object');

/** The input that lists executions, under all names of its fields. */
export const listExecutionsInput = acceptNames(
  retrieveNames,
  listExecutionsFields.prefault({}).transform(({ forge, repo, phase: name, ...rest }, context) => {
    const path = repo === undefined ? undefined : parseRepositoryPath(forge, repo);
    if (path !== undefined && 'problem' in path) {
      context.addIssue({ code: 'custom', path: ['repo'], message: path.problem, input: repo });
      return z.NEVER;
    }
    return { ...rest, repository: path && { forge, ...path }, phase: name && canonicalPhase(name) };
  }),
);

/** The parsed input that lists executions. */
export type ListExecutionsInput = z.output<typeof listExecutionsInput>;

/** Which executions to list. */
export type ExecutionFilter = Omit<ListExecutionsInput, 'limit' | 'cursor'>;

/** A page of executions, the newest first. */
export const listExecutionsOutput = z
  .object({ executions: z.array(execution).meta({ description: 'The executions, newest first.' }), nextCursor })
  .meta({ id: 'ExecutionPage' });

/** The input that reads one execution. */
export const showExecutionInput = strictObject(
  {
    id: z.string(expected('a string')).max(100, maxLengthError(100)).meta({
      description: 'The id of the execution.',
      format: 'uuid',
    }),
    include: z
      .enum(['data'], expected('data'))
      .optional()
      .meta({ description: '`data`: the response contains the stored data too. It needs the scope `phases:read`.' }),
  },
  'an object',
);

/** The parsed input that reads one execution. */
export type ShowExecutionInput = z.output<typeof showExecutionInput>;

/** One execution. */
export const showExecutionOutput = execution
  .extend({
    data: storedObject.optional().meta({
      description: 'The stored data, without the wrapping that it was sent in. Absent unless it is asked for.',
    }),
  })
  .meta({ id: 'ExecutionDetails' });
