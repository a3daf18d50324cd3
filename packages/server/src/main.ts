#!/usr/bin/env node
// The `rsolv` program. Node caches the compiled sources, which makes later starts a third faster. The cache is in the
// installation's own folder, where nobody else can write; where that is read-only, there is none.
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { ProcessSignals } from './cli/process-signals.ts';

const signals = new ProcessSignals();
// Process 1 of a container has no default handling. Elsewhere a signal ends the process, which tells a shell more.
if (process.pid === 1) signals.listen();

enableCompileCache(join(import.meta.dirname, '../node_modules/.cache/rsolv'));
const [{ runCli }, { processIo }, { secretMask }] = await Promise.all([
  import('./cli/run-cli.ts'),
  import('./cli/process-io.ts'),
  import('./cli/mask-secrets.ts'),
]);
const args = process.argv.slice(2);
try {
  process.exitCode = await runCli(args, processIo(signals));
} catch (thrown) {
  // A fault of the program: its stack helps to report it, and may quote a secret.
  process.stderr.write(`${secretMask(args, process.env)(inspect(thrown))}\n`);
  process.exit(1);
}
