import { z } from 'zod';
import { retrieveFields, retrieveOutput } from '../retrieve.ts';
import { storeFields, storeOutput } from '../store.ts';
import { idempotencyKey } from '../text.ts';
import { retrieveNames, storeNames } from '../../wire/accepted-names.ts';
import { procedureRoutes } from './route.ts';

const accessFailures = [
  'FORGE_ACCOUNT_MISSING',
  'FORGE_ACCOUNT_UNVERIFIED',
  'SCOPE_MISSING',
  'REPOSITORY_NOT_ALLOWED',
] as const;

/** The repository, commit and issue of the README's commands, so that a retrieve shows what a store has stored. */
const example = { repo: 'RSOLV-dev/demo', commit: '692f480c9ebd731a6b48cf6cdbe3ca92c8724c8a', issue: 42 };

const validationExample = {
  phase: 'validation',
  repo: example.repo,
  issueNumber: example.issue,
  commitSha: example.commit,
  data: { validated: true, vulnerabilities: [{ type: 'command_injection', file: 'Gruntfile.js', line: 14 }] },
};

export const phaseRoutes = procedureRoutes([
  {
    method: 'POST',
    path: '/api/v1/phases/store',
    procedure: 'phases.store',
    authentication: 'api-key',
    operationId: 'storePhase',
    tag: 'phases',
    summary: "Store a phase's result.",
    description:
      'Stores the result as a new execution, or updates the one that `executionId` names. The first store for a repository also creates the repository. ' +
      'A store that is repeated with the same `Idempotency-Key` within 24 hours is stored once.',
    input: {
      headers: z.object({ 'Idempotency-Key': idempotencyKey.optional() }),
      body: {
        schema: storeFields,
        id: 'StoreRequest',
        isRequired: true,
        examples: [validationExample],
        exactField: 'data',
      },
      names: storeNames,
    },
    success: { status: 200, description: 'The result is stored.', schema: storeOutput },
    failures: [...accessFailures, 'RECORD_NOT_FOUND', 'CONFLICT', 'STORE_IN_FLIGHT', 'IDEMPOTENCY_KEY_REUSED'],
  },
  {
    method: 'GET',
    path: '/api/v1/phases/retrieve',
    procedure: 'phases.retrieve',
    authentication: 'api-key',
    operationId: 'retrievePhases',
    tag: 'phases',
    summary: 'Retrieve the results of earlier phases.',
    description:
      'Returns the newest completed scan of the commit, and the newest completed validation and mitigation of the issue ' +
      'at any commit. Without `issue`, returns the newest validation and mitigation of every issue that has one at this ' +
      'commit. If nothing is stored, the response is `{}`, not an error. `commitSha` and `issueNumber`, as a store names them, ' +
      'are accepted, too.',
    input: { query: retrieveFields, queryExample: example, names: retrieveNames },
    success: {
      status: 200,
      description: 'The phases that have data. Phases without data are absent.',
      schema: retrieveOutput,
    },
    failures: accessFailures,
  },
]);
