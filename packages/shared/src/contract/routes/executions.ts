import { z } from 'zod';
import { listExecutionsFields, listExecutionsOutput, showExecutionInput, showExecutionOutput } from '../execution.ts';
import { listRepositoriesInput, listRepositoriesOutput, renameRepositoryFields, repository } from '../repository.ts';
import { retrieveNames } from '../../wire/accepted-names.ts';
import { procedureRoutes } from './route.ts';

export const executionRoutes = procedureRoutes([
  {
    method: 'GET',
    path: '/api/v1/repositories',
    procedure: 'repositories.list',
    authentication: 'api-key',
    operationId: 'listRepositories',
    tag: 'reports',
    summary: 'List the repositories that results were stored for.',
    description: 'Lists the repositories that the API key may access, the most recently created first.',
    input: { query: listRepositoriesInput.unwrap() },
    success: { status: 200, description: 'A page of repositories.', schema: listRepositoriesOutput },
    failures: ['SCOPE_MISSING'],
  },
  {
    method: 'POST',
    path: '/api/v1/repositories/{id}/rename',
    procedure: 'repositories.rename',
    authentication: 'api-key',
    operationId: 'renameRepository',
    tag: 'administration',
    summary: 'Give a repository its new name.',
    description:
      'Keeps the executions of a repository that was renamed or transferred together. It is not needed where its workflows ' +
      'authenticate by ID tokens: they tell the new name by themselves. Both names must be in verified namespaces.',
    input: {
      path: z.object({ id: z.uuid().meta({ description: 'The id of the repository.' }) }),
      body: { schema: renameRepositoryFields.omit({ id: true }), id: 'RenameRepositoryRequest', isRequired: true },
    },
    success: { status: 200, description: 'The repository is renamed.', schema: repository },
    failures: ['SCOPE_MISSING', 'RECORD_NOT_FOUND', 'CONFLICT'],
  },
  {
    method: 'GET',
    path: '/api/v1/executions',
    procedure: 'executions.list',
    authentication: 'api-key',
    operationId: 'listExecutions',
    tag: 'reports',
    summary: 'List executions: what ran, when, and how it ended.',
    description:
      'Lists the runs of all phases in the repositories that the API key may access, newest first, without their data. ' +
      'Filters narrow the list; a filter by `repo` makes the others fast.',
    input: { query: listExecutionsFields, names: retrieveNames },
    success: { status: 200, description: 'A page of executions.', schema: listExecutionsOutput },
    failures: ['SCOPE_MISSING'],
  },
  {
    method: 'GET',
    path: '/api/v1/executions/{id}',
    procedure: 'executions.show',
    authentication: 'api-key',
    operationId: 'showExecution',
    tag: 'reports',
    summary: 'Read one execution.',
    description: 'Returns the execution with its status, times and error message, and with its data if `include=data`.',
    input: {
      path: z.object({ id: z.uuid().meta({ description: 'The id of the execution.' }) }),
      query: showExecutionInput.omit({ id: true }),
    },
    success: { status: 200, description: 'The execution.', schema: showExecutionOutput },
    failures: ['SCOPE_MISSING', 'RECORD_NOT_FOUND'],
  },
]);
