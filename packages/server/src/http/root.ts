import type { RequestHandler } from 'express';
import { version } from '../config/version.ts';
import { answerJson } from './answer.ts';

/** What a program learns at `/`. The links are relative to it, so that they are right behind a proxy that adds a prefix. */
const links = { name: 'RSOLV phase data', version, docs: 'docs', openapi: 'openapi.json', health: 'health/ready' };

/** `/`: leads browsers to the documentation, and tells programs where it is. */
export const answerRoot: RequestHandler = (request, response) => {
  response.vary('Accept');
  if (request.accepts(['json', 'html']) === 'html') response.redirect('docs');
  else answerJson(response, links);
};
