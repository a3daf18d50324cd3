// The ceiling's process: a minimal server that returns the same responses to the same requests. It uses node:http and one
// prepared statement per request, without a framework, validation or a log. The README lists what it omits.
import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { uuidv7 } from 'uuidv7';
import { openCeilingDatabase } from './ceiling-database.ts';
import { retrieve, storeScan } from './statements.ts';

const { DATABASE_URL, RSOLV_DATA_DIR, RSOLV_KEY_PEPPER = '', PORT } = process.env;

const run = await openCeilingDatabase({ url: DATABASE_URL, dataDir: RSOLV_DATA_DIR });

createServer((request, response) => {
  answer(request, response).catch((thrown: unknown) => {
    process.stderr.write(`${String(thrown)}\n`);
    response.writeHead(500).end();
  });
}).listen(Number(PORT), '127.0.0.1');

process.on('SIGTERM', () => process.exit());

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.url === '/ready') response.end();
  else if (request.method === 'POST') send(response, await answerStore(request));
  else send(response, await answerRetrieve(request));
}

interface StoreBody {
  readonly repo: string;
  readonly commitSha: string;
  readonly branch?: string;
  readonly data: { readonly vulnerabilities: readonly unknown[] };
}

/** Parses a body without validation. */
const parse: (text: string) => StoreBody = JSON.parse;

async function answerStore(request: IncomingMessage): Promise<string> {
  const body = parse((await buffer(request)).toString());
  const [namespace, name] = body.repo.split('/');
  const { commitSha, branch = null, data } = body;
  const about = [keyHash(request), namespace, name, commitSha];
  const values = [...about, uuidv7(), uuidv7(), JSON.stringify(data), branch, data.vulnerabilities.length];
  const [row] = await run<{ id: string }>(storeScan, values);
  if (row === undefined) throw new Error('may not store');
  return JSON.stringify({ success: true, id: row.id, phase: 'scan' });
}

interface Retrieved {
  readonly scan: string | null;
  readonly validation: string | null;
  readonly mitigation: string | null;
}

async function answerRetrieve(request: IncomingMessage): Promise<string> {
  const query = new URL(request.url ?? '', 'http://localhost').searchParams;
  const [namespace, name] = query.get('repo')?.split('/') ?? [];
  const issue = query.get('issue');
  const [row] = await run<Retrieved>(retrieve, [keyHash(request), namespace, name, query.get('commit'), issue]);
  if (row === undefined) throw new Error('may not retrieve');
  const { scan, validation, mitigation } = row;
  const phases = [
    scan && `"scan":${scan}`,
    validation && `"validation":{"issue-${issue}":${validation}}`,
    mitigation && `"mitigation":{"issue-${issue}":${mitigation}}`,
  ];
  return `{${phases.filter((phase) => phase !== null).join(',')}}`;
}

const keyHash = ({ headers }: IncomingMessage) =>
  createHmac('sha256', RSOLV_KEY_PEPPER).update(String(headers['x-api-key'])).digest();

function send(response: ServerResponse, body: string): void {
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  response.writeHead(200, headers).end(body);
}
