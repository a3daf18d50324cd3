// Routes that answer without a procedure: health checks and documentation.
import { health, readiness } from '../health.ts';
import type { HandlerRoute, MountedRoute } from './route.ts';

export const healthRoutes = [
  {
    method: 'GET',
    path: '/health',
    handler: 'health',
    operation: {
      operationId: 'health',
      tag: 'health',
      summary: 'Check whether the process responds.',
      success: { status: 200, description: 'The process responds.', schema: health },
    },
  },
  {
    method: 'GET',
    path: '/health/ready',
    handler: 'ready',
    operation: {
      operationId: 'ready',
      tag: 'health',
      summary: 'Check whether the platform can serve requests.',
      success: { status: 200, description: 'The platform can serve requests.', schema: readiness },
      failures: ['NOT_READY'],
    },
  },
] as const satisfies readonly HandlerRoute[];

export const documentationRoutes = [
  { method: 'GET', path: '/', handler: 'root' },
  { method: 'GET', path: '/openapi.json', handler: 'openapi' },
  { path: '/docs', mount: 'docs' },
] as const satisfies readonly (HandlerRoute | MountedRoute)[];
