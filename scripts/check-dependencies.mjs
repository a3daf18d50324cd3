// Checks the rule of docs/decisions/dependencies.md: every package.json has exact versions, a package has one version in the
// whole workspace, and so has MikroORM with all its packages.
import { globSync, readFileSync } from 'node:fs';

const manifests = globSync(['package.json', '{packages,examples}/*/package.json', '{migrations,bench}/package.json']);
const problems = [];
/** Each package's versions, and where each was first seen. */
const seen = new Map();

for (const file of manifests) {
  const { dependencies, devDependencies, optionalDependencies } = JSON.parse(readFileSync(file, 'utf8'));
  const all = { ...dependencies, ...devDependencies, ...optionalDependencies };
  for (const [name, specifier] of Object.entries(all)) {
    if (specifier === 'workspace:*') continue;
    const version = specifier.replace(/^npm:.+@/, '');
    if (!/^\d+\.\d+\.\d+(-[\w.-]+)?$/.test(version))
      problems.push(`${file}: ${name} has "${specifier}". Use an exact version.`);
    const group = name.startsWith('@mikro-orm/') ? '@mikro-orm/*' : name;
    const first = seen.get(group) ?? { version, file };
    seen.set(group, first);
    if (first.version !== version)
      problems.push(`${file}: ${name} is ${version}, and ${first.version} in ${first.file}. Use one version.`);
  }
}

if (manifests.length < 2 || seen.size === 0)
  problems.push('No manifests found. Run the check at the root of the repository.');
for (const problem of problems) process.stderr.write(`${problem}\n`);
process.exitCode = problems.length === 0 ? 0 : 1;
