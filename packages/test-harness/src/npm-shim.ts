// Replaces `npm run rsolv -- …` in shells without starting npm and Node.js: a script sends the arguments to this process,
// which runs the command.
import { chmod, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { rsolv } from './cli.ts';
import { startLocalServer } from './local-server.ts';
import { makeFolder } from './server-process.ts';

const script = `#!/bin/sh
set -e
while [ "$1" != -- ]; do shift; done
shift
case "$2" in import) input=$(cat) ;; esac
left=$#
while [ "$left" -gt 0 ]; do
  set -- "$@" --data-urlencode "argument=$1"
  shift
  left=$((left - 1))
done
exec curl -sS --fail-with-body "$RSOLV_SHIM_URL" "$@" --data-urlencode "input=$input" \\
  -d "url=$DATABASE_URL" --data-urlencode "key=$RSOLV_API_KEY" -d "platform=$RSOLV_API_URL"
`;

/** A folder with an `npm` that supports only `npm run rsolv`. */
export interface Shim extends AsyncDisposable {
  /** Adds the folder to PATH before the real npm. */
  addTo(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv;
}

/** Creates the folder, and starts the server that its script calls. */
export async function makeShim(): Promise<Shim> {
  const stack = new AsyncDisposableStack();
  const { path } = stack.use(await makeFolder());
  await writeFile(join(path, 'npm'), script);
  await chmod(join(path, 'npm'), 0o755);
  const server = stack.use(
    await startLocalServer(async (request, response) => {
      const form = new URLSearchParams(String(Buffer.concat(await request.toArray())));
      const value = (name: string) => form.get(name) ?? '';
      const env = { DATABASE_URL: value('url'), RSOLV_API_KEY: value('key'), RSOLV_API_URL: value('platform') };
      const { code, stdout, stderr } = await rsolv(form.getAll('argument'), env, value('input'));
      response.writeHead(code === 0 ? 200 : 500).end(`${stdout}${stderr}`);
    }),
  );
  return {
    addTo: (env) => ({ ...env, PATH: [path, env['PATH']].join(delimiter), RSOLV_SHIM_URL: server.url }),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
