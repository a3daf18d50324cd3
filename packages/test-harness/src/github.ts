// A fake of the part of GitHub's REST API that opens a pull request with one changed file.
import { json } from 'node:stream/consumers';
import { z } from 'zod';
import { startLocalServer, type LocalServer } from './local-server.ts';

/** A pull request that was opened, with the changed file of its branch. */
export interface PullRequest {
  readonly repo: string;
  readonly base: string;
  readonly title: string;
  readonly body: string;
  readonly path: string;
  readonly content: string;
}

export interface GitHub extends LocalServer {
  readonly pullRequests: readonly PullRequest[];
}

const asObject = z.record(z.string(), z.string());

/** Starts a fake that accepts only this token. Pull requests are numbered from 101. */
export async function startGitHub(token: string): Promise<GitHub> {
  const pullRequests: PullRequest[] = [];
  const branches = new Map<string, { path: string; content: string } | undefined>();

  const answer = (route: string, repo: string, path: string, body: Record<string, string>): [number, object] => {
    const { ref = '', branch = '', head = '', base = '', title = '', content = '' } = body;
    const changed = branches.get(head);
    switch (route) {
      case 'POST git/refs':
        if (branches.has(ref)) return [422, { message: 'Reference already exists' }];
        branches.set(ref.replace('refs/heads/', ''), undefined);
        return [201, { ref }];
      case 'GET contents':
        return [200, { type: 'file', path, sha: `blob of ${path}` }];
      case 'PUT contents':
        if (!branches.has(branch)) return [404, { message: `Branch ${branch} not found` }];
        if (body['sha'] !== `blob of ${path}`) return [409, { message: `${path} does not match` }];
        branches.set(branch, { path, content: Buffer.from(content, 'base64').toString() });
        return [200, {}];
      case 'POST pulls':
        if (!changed) return [422, { message: `No commits between ${base} and ${head}` }];
        pullRequests.push({ repo, base, title, body: body['body'] ?? '', ...changed });
        return [201, { number: 100 + pullRequests.length, html_url: urlOf(repo, 100 + pullRequests.length) }];
      default:
        return [404, { message: 'Not Found' }];
    }
  };

  const server = await startLocalServer(async (asked, response) => {
    const { method = '', url = '', headers } = asked;
    const [, repo = '', route = '', path = ''] =
      /^\/repos\/([^/]+\/[^/]+)\/(git\/refs|contents|pulls)\/?([^?]*)/.exec(url) ?? [];
    const body = method === 'GET' ? {} : asObject.parse(await json(asked));
    const [status, told] = headers.authorization?.endsWith(` ${token}`)
      ? answer(`${method} ${route}`, repo, decodeURIComponent(path), body)
      : [401, { message: 'Bad credentials' }];
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(told));
  });
  return { ...server, pullRequests };
}

const urlOf = (repo: string, number: number) => `https://github.com/${repo}/pull/${number}`;
