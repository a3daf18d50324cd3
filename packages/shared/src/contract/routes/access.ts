import { whoamiOutput } from '../whoami.ts';
import { procedureRoutes } from './route.ts';

export const accessRoutes = procedureRoutes([
  {
    method: 'GET',
    path: '/api/v1/whoami',
    procedure: 'whoami',
    authentication: 'api-key',
    operationId: 'whoami',
    tag: 'access',
    summary: 'Show what this API key may access.',
    description: 'Start here when access is refused.',
    success: {
      status: 200,
      description: "The customer, the API key and the customer's forge accounts.",
      schema: whoamiOutput,
    },
  },
]);
