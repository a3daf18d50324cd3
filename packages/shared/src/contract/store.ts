import { z } from 'zod';
import {
  inspectJson,
  jsonObject,
  maxJsonDepth,
  storableText,
  type JsonProblem,
  type JsonObject,
} from '../json/json.ts';
import { storeNames } from '../wire/accepted-names.ts';
import { acceptNames } from '../wire/field-names.ts';
import { unwrapPhaseData } from '../wire/phase-data.ts';
import { canonicalPhase, executionStatus, phase, phaseName, type ExecutionStatus, type Phase } from './phase.ts';
import { repositoryFields, resolveRepository, type RepositoryRef } from './repository-input.ts';
import { describeValue } from './expected.ts';
import { strictObject } from './strict-object.ts';
import { commitSha, idempotencyKey, issueNumber, maxLengthError } from './text.ts';
import { pastTimestamp } from './timestamp.ts';

export const maxErrorMessageLength = 10_000;

/** The fields of a store, under their own names. */
export const storeFields = strictObject(
  {
    phase: phaseName.meta({
      description: "The phase, by the platform's name or by the name that the RSOLV action uses.",
    }),
    ...repositoryFields,
    commitSha,
    issueNumber: issueNumber.nullish().meta({
      description:
        'The number of the issue; a string of digits is accepted as well. Required for validation and mitigation, ignored for scan.',
    }),
    // GitHub sets GITHUB_HEAD_REF to an empty string outside of pull requests.
    branch: storableText
      .max(255, maxLengthError(255))
      .nullish()
      .meta({
        description: 'The branch that was scanned. Only stored for the phase scan. An empty string means none.',
        examples: ['main'],
      }),
    executionId: z
      .uuid({ error: ({ input }) => `must be the id of an execution, not ${describeValue(input)}` })
      .nullish()
      .meta({
        description:
          'The id of an execution with the status pending or running, as its store returned it. This store then updates that ' +
          'execution, and creates none.',
      }),
    status: executionStatus.default('completed'),
    startedAt: pastTimestamp.nullish().meta({
      description: 'When the execution started. Default: `completedAt`, or now; null for the status pending.',
    }),
    completedAt: pastTimestamp.nullish().meta({
      description:
        'When the execution ended. Default: now, for the status completed or failed. Not allowed for others.',
    }),
    errorMessage: storableText
      .max(maxErrorMessageLength, maxLengthError(maxErrorMessageLength))
      .nullish()
      .meta({ description: 'Why the execution failed.', examples: ['npm test exited with code 1'] }),
    idempotencyKey: idempotencyKey.nullish().meta({
      description:
        'Makes the store idempotent, like the header `Idempotency-Key`: with the same key within 24 hours, it is stored once.',
    }),
    data: jsonObject.optional().meta({
      description:
        'The result of the phase: an object of any keys, direct, wrapped by phase (`{"scan": {…}}`) or wrapped by phase and ' +
        'issue (`{"validation": {"issue-42": {…}}}`). Required for the status completed. Any JSON is kept and returned equal: ' +
        'U+0000, integers of any length and fractions with any number of digits, too. ' +
        `It may be nested ${maxJsonDepth} levels deep.`,
    }),
  },
  'a JSON object',
);

type Fields = z.output<typeof storeFields>;

/** The fields that executions of every phase have. */
interface ExecutionInput extends RepositoryRef {
  readonly commitSha: string;
  readonly status: ExecutionStatus;
  /** Null: the time of the store, unless the execution is pending. */
  readonly startedAt: Date | null;
  /** Null: the time of the store, if the execution has ended. */
  readonly completedAt: Date | null;
  readonly errorMessage: string | null;
  /** Null: the store is not idempotent. */
  readonly idempotencyKey: string | null;
  /** The execution that this store updates; left out where it creates one. */
  readonly executionId?: string;
  /** The phase's own object, unwrapped. */
  readonly data: JsonObject;
  /** Set where jsonb, or a reader of it, would change the data: it has to be stored as text, too. */
  readonly needsText?: true;
}

/** The parsed input of a store. */
export type StoreInput = ExecutionInput &
  (
    | { readonly phase: 'scan'; readonly branch: string | null }
    | { readonly phase: 'validation' | 'mitigation'; readonly issueNumber: number }
  );

const parsedStore = storeFields.transform((input, context): StoreInput => {
  const repository = resolveRepository(input, context);
  const phase = canonicalPhase(input.phase);
  const data = phaseDataOf(input, phase);
  const problems = [...timeProblems(input), ...('problem' in data ? [data.problem] : [])];
  if (phase !== 'scan' && input.issueNumber == null) {
    problems.push({ path: ['issueNumber'], message: `is required for the phase ${phase}` });
  }
  for (const { path, message } of problems) context.addIssue({ code: 'custom', path: [...path], message, input });
  if ('problem' in data) return z.NEVER;

  const execution: ExecutionInput = {
    ...repository,
    commitSha: input.commitSha,
    status: input.status,
    startedAt: input.startedAt ?? input.completedAt ?? null,
    completedAt: input.completedAt ?? null,
    errorMessage: input.errorMessage ?? null,
    idempotencyKey: input.idempotencyKey ?? null,
    ...(input.executionId != null && { executionId: input.executionId.toLowerCase() }),
    data: data.own,
    ...(!data.isPlain && { needsText: true }),
  };
  if (phase === 'scan') return { ...execution, phase, branch: input.branch || null };
  return input.issueNumber == null ? z.NEVER : { ...execution, phase, issueNumber: input.issueNumber };
});

/** The input of a store with every name and in every layout that released actions send, parsed to a {@link StoreInput}. */
export const storeInput = acceptNames(storeNames, parsedStore);

/** The phase's own object, or why there is none. */
type PhaseDataOf = { readonly own: JsonObject; readonly isPlain: boolean } | { readonly problem: JsonProblem };

function phaseDataOf({ data, status, issueNumber }: Fields, phase: Phase): PhaseDataOf {
  if (data) {
    const unwrapped = unwrapPhaseData(phase, data.value, issueNumber ?? undefined);
    if ('problem' in unwrapped) return unwrapped;
    // Other phases and issues that were sent with it are not stored.
    return { own: unwrapped.own, isPlain: data.isPlain || inspectJson(unwrapped.own).isPlain };
  }
  return status === 'completed'
    ? { problem: { path: ['data'], message: 'is required for the status completed' } }
    : { own: {}, isPlain: true };
}

function timeProblems({ status, startedAt, completedAt }: Fields): JsonProblem[] {
  if (completedAt && (status === 'pending' || status === 'running')) {
    return [{ path: ['completedAt'], message: `must be left out for the status ${status}` }];
  }
  return startedAt && completedAt && startedAt > completedAt
    ? [
        {
          path: ['startedAt'],
          message: `must not be later than completedAt, ${completedAt.toISOString()}, but is ${startedAt.toISOString()}`,
        },
      ]
    : [];
}

/** A text that is equal for two inputs of the same store: all fields but the idempotency key, the repository in lower case. */
export function storeIdentity(input: StoreInput): string {
  return JSON.stringify({
    ...input,
    namespace: input.namespace.toLowerCase(),
    name: input.name.toLowerCase(),
    idempotencyKey: null,
  });
}

/** The response to a store. */
export const storeOutput = z
  .object({
    success: z.literal(true).meta({ description: 'Always true: errors have another body.' }),
    id: z.uuid().meta({ description: 'The id of the execution.' }),
    phase,
  })
  .meta({ id: 'StoreOutput' });

/** The response to a store. */
export type StoreOutput = z.infer<typeof storeOutput>;
