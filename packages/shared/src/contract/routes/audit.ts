import { listAuditEventsInput, listAuditEventsOutput } from '../audit-event.ts';
import { procedureRoutes } from './route.ts';

export const auditRoutes = procedureRoutes([
  {
    method: 'GET',
    path: '/api/v1/audit-events',
    procedure: 'audit.list',
    authentication: 'api-key',
    operationId: 'listAuditEvents',
    tag: 'administration',
    summary: 'List audit events.',
    description:
      "Lists what was done with the customer's API keys and what the operator did for the customer, newest first. Reads and " +
      'refused requests appear after one second, requests with an invalid API key after one minute.',
    input: { query: listAuditEventsInput.unwrap() },
    success: { status: 200, description: 'A page of events.', schema: listAuditEventsOutput },
    failures: ['SCOPE_MISSING'],
  },
]);
