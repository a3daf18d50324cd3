// Compiles and bundles the program of test-projects/, once in each way.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { inject } from 'vitest';

const execute = promisify(execFile);

/** The oldest and the newest compiler. The oldest is installed beside the package, in the release tier. */
const compilers = {
  'TypeScript 5.0': () => join(inject('strangers').folder, 'node_modules/typescript/lib/tsc.js'),
  'TypeScript 7': () => join(import.meta.dirname, '../../../../node_modules/typescript/bin/tsc'),
};
export type Compiler = keyof typeof compilers;

const made = new Map<string, Promise<string>>();

/**
 * Compiles one of the projects, and returns the file to run.
 *
 * @throws Error with the compiler's messages
 */
export function compile(project: string, compiler: Compiler): Promise<string> {
  return once(`${project} ${compiler}`, async () => {
    const folder = join(inject('strangers').folder, project);
    const outDir = join(folder, 'out', compiler);
    await execute(process.execPath, [compilers[compiler](), '-p', folder, '--outDir', outDir]).catch(
      ({ stdout }: { stdout: string }) => {
        throw new Error(`${compiler} refuses ${project}:\n${stdout}`);
      },
    );
    return join(outDir, 'program.js');
  });
}

/** Bundles the program into one file, as actions are. */
export function bundle(format: 'esm' | 'cjs', folder: string): Promise<string> {
  return once(`bundle ${format}`, async () => {
    const outfile = join(folder, format === 'esm' ? 'program.mjs' : 'program.cjs');
    const entry = join(inject('strangers').folder, 'bundler/program/program.ts');
    await build({ entryPoints: [entry], bundle: true, platform: 'node', target: 'node20', format, outfile });
    return outfile;
  });
}

function once(key: string, make: () => Promise<string>): Promise<string> {
  const making = made.get(key) ?? make();
  made.set(key, making);
  return making;
}
