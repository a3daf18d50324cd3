// Requests that fetch would not send: bodies in pieces, lengths that are wrong, sockets that are cut.
import { request as httpRequest, type ClientRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Answer } from '@rsolv/test-harness/calls';
import type { TestPlatform } from '@rsolv/test-harness/platform';

export interface RawRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: OutgoingHttpHeaders;
}

/** Opens a request; the caller writes its body. */
export function open(platform: TestPlatform, { path, ...options }: RawRequest): ClientRequest {
  const { hostname, port } = new URL(platform.url);
  return httpRequest({ hostname, port, path, agent: false, ...options });
}

/** The answer to an open request, also where its body is not at its end. */
export async function answerTo(request: ClientRequest): Promise<Answer> {
  return new Promise((resolve, reject) => {
    request.once('error', reject);
    request.once('response', (response) => {
      readAnswer(response).then(resolve, reject);
    });
  });
}

async function readAnswer(response: IncomingMessage): Promise<Answer> {
  const body = await text(response);
  const headers = Object.entries(response.headersDistinct).flatMap(([name, values]) =>
    (values ?? []).map((value): [string, string] => [name, value]),
  );
  return {
    status: response.statusCode ?? 0,
    headers: new Headers(headers),
    body: body === '' ? undefined : JSON.parse(body),
  };
}

/** Sends a request with a body that is there already. */
export function send(platform: TestPlatform, options: RawRequest, body?: string | Buffer): Promise<Answer> {
  const request = open(platform, options);
  const answer = answerTo(request);
  request.end(body);
  return answer;
}
