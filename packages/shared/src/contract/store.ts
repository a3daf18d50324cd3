import { z } from 'zod';
import { expected } from './expected.ts';
import { jsonObject, storableText, type JsonProblem, type JsonObject } from '../json/json.ts';
import { unwrapPhaseData } from '../wire/phase-data.ts';
import { canonicalPhase, executionStatus, phase, phaseName, type ExecutionStatus, type Phase } from './phase.ts';
import { repositoryFields, resolveRepository, type RepositoryRef } from './repository-input.ts';
import { commitSha, idempotencyKey, issueNumber } from './text.ts';
import { pastTimestamp } from './timestamp.ts';

const fields = z.object(
  {
    phase: phaseName.meta({ description: "The phase, by the platform's name or the action's." }),
    ...repositoryFields,
    commitSha,
    issueNumber: issueNumber.nullish(),
    // Empty as in GITHUB_HEAD_REF, which GitHub sets to nothing where there is no pull request.
    branch: storableText
      .max(255, 'must have at most 255 characters')
      .nullish()
      .meta({ description: 'The branch that was scanned. Empty text stands for none.' }),
    status: executionStatus.default('completed'),
    startedAt: pastTimestamp.nullish().meta({ description: 'Default: when it completed, or now.' }),
    completedAt: pastTimestamp
      .nullish()
      .meta({ description: 'Default: now, where the status is completed or failed.' }),
    errorMessage: storableText.max(10_000, 'must have at most 10000 characters').nullish(),
    idempotencyKey: idempotencyKey.nullish(),
    data: jsonObject.optional().meta({
      description:
        'The phase\'s own object, as it is or wrapped by phase (`{"scan": {…}}`) or by phase and issue ' +
        '(`{"validation": {"issue-42": {…}}}`). May be left out where the status is not completed.',
    }),
  },
  expected('a JSON object'),
);

type Fields = z.output<typeof fields>;

/** What is the same for the executions of every phase. */
interface ExecutionInput extends RepositoryRef {
  readonly commitSha: string;
  readonly status: ExecutionStatus;
  /** Null: now, unless the execution is pending. */
  readonly startedAt: Date | null;
  /** Null: now, if the execution ended. */
  readonly completedAt: Date | null;
  readonly errorMessage: string | null;
  /** Null: each time it is sent, it is another store. */
  readonly idempotencyKey: string | null;
  /** The phase's own object, out of whatever wrapping it came in. */
  readonly data: JsonObject;
}

/** One phase's result, in the one form that the platform stores. */
export type StoreInput = ExecutionInput &
  (
    | { readonly phase: 'scan'; readonly branch: string | null }
    | { readonly phase: 'validation' | 'mitigation'; readonly issueNumber: number }
  );

/**
 * What a store takes, in every layout that released actions send, and the one {@link StoreInput} that it means.
 */
export const storeInput = fields.transform((input, context): StoreInput => {
  const repository = resolveRepository(input, context);
  const phase = canonicalPhase(input.phase);
  const data = phaseDataOf(input, phase);
  const faults = [...timeFaults(input), ...('fault' in data ? [data.fault] : [])];
  if (phase !== 'scan' && input.issueNumber == null) {
    faults.push({ path: ['issueNumber'], message: `is required for the phase ${phase}` });
  }
  for (const { path, message } of faults) context.addIssue({ code: 'custom', path: [...path], message, input });
  if ('fault' in data) return z.NEVER;

  const execution: ExecutionInput = {
    ...repository,
    commitSha: input.commitSha,
    status: input.status,
    startedAt: input.startedAt ?? input.completedAt ?? null,
    completedAt: input.completedAt ?? null,
    errorMessage: input.errorMessage ?? null,
    idempotencyKey: input.idempotencyKey ?? null,
    data: data.own,
  };
  if (phase === 'scan') return { ...execution, phase, branch: input.branch || null };
  return input.issueNumber == null ? z.NEVER : { ...execution, phase, issueNumber: input.issueNumber };
});

function phaseDataOf(input: Fields, phase: Phase) {
  if (input.data) return unwrapPhaseData(phase, input.data, input.issueNumber ?? undefined);
  return input.status === 'completed'
    ? { fault: { path: ['data'], message: 'is required where the status is completed' } }
    : { own: {} };
}

function timeFaults({ status, startedAt, completedAt }: Fields): JsonProblem[] {
  if (completedAt && (status === 'pending' || status === 'running')) {
    return [{ path: ['completedAt'], message: `must be left out where the status is ${status}` }];
  }
  return startedAt && completedAt && startedAt > completedAt
    ? [{ path: ['startedAt'], message: 'must not be later than completedAt' }]
    : [];
}

/** What makes two stores the same: everything but the key itself, whatever the repository's letter case. */
export function storeIdentity(input: StoreInput): string {
  return JSON.stringify({
    ...input,
    namespace: input.namespace.toLowerCase(),
    name: input.name.toLowerCase(),
    idempotencyKey: null,
  });
}

/** What a store answers. */
export const storeOutput = z
  .object({
    success: z.literal(true),
    id: z.uuid().meta({ description: "The execution's id." }),
    phase,
  })
  .meta({ id: 'StoreOutput' });
export type StoreOutput = z.infer<typeof storeOutput>;
