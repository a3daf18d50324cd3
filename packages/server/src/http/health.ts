import { version } from '../config/version.ts';
import type { ErrorDetail } from '@rsolv/shared/errors/error-code';
import type { Health, Readiness } from '@rsolv/shared/contract/health';
import { NotReadyError } from '@rsolv/shared/errors/platform-error';
import type { RequestHandler } from 'express';

/** `/health`: the process responds. */
export const answerHealth: RequestHandler = (_request, response) => {
  const health: Health = { status: 'ok', version };
  response.json(health);
};

/** `/health/ready`: the database is reachable, its schema is up to date, and no shutdown has begun. */
export const answerReadiness =
  (checkReadiness: () => Promise<readonly ErrorDetail[]>): RequestHandler =>
  async (_request, response) => {
    const obstacles = await checkReadiness();
    if (obstacles.length > 0) throw new NotReadyError(obstacles);
    const readiness: Readiness = { status: 'ready' };
    response.json(readiness);
  };
