// Checks that every link between documents leads to a file and a heading that exist, and that every source file that a
// document names exists: pnpm check-links
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** What GitHub adds to a repository's own pages. */
const onGitHub = /^(\.\.\/)+security\/advisories\/new$/;

const ignored = /(^|\/)(node_modules|dist|coverage|\.changeset)\/|CHANGELOG\.md$|\.api\.md$/;

/** The folders that names of source files are relative to. */
const bases = ['', 'packages/server/src', 'packages/server', 'packages/shared/src', 'packages/client'];

const documents = globSync('**/*.md', { cwd: root, exclude: (path) => ignored.test(`${path}/`) }).filter(
  (path) => !ignored.test(path),
);
const headings = new Map(documents.map((path) => [path, anchorsOf(readFileSync(join(root, path), 'utf8'))]));
const problems = documents.flatMap((path) => {
  const text = withoutBlocks(readFileSync(join(root, path), 'utf8'));
  return [...linkProblems(path, text), ...nameProblems(path, text)].map((problem) => `${path}: ${problem}`);
});

for (const problem of problems) console.error(problem);
console.log(`${documents.length} documents, ${problems.length} broken links`);
process.exitCode = documents.length > 0 && problems.length === 0 ? 0 : 1;

function withoutBlocks(text) {
  return text.replaceAll(/^ *```[^]*?^ *```$/gm, '');
}

/** The anchors that GitHub gives to the headings of a document. */
function anchorsOf(text) {
  const seen = new Map();
  return [...withoutBlocks(text).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading]) => {
    const plain = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1');
    const slug = plain
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(' ', '-');
    const count = seen.get(slug) ?? 0;
    seen.set(slug, count + 1);
    return count === 0 ? slug : `${slug}-${count}`;
  });
}

function linkProblems(path, text) {
  const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target);
  return links.flatMap((target) => {
    if (/^[a-z]+:/.test(target) || onGitHub.test(target)) return [];
    const [file, anchor] = target.split('#');
    const destination = file === '' ? path : relative(root, resolve(root, dirname(path), file));
    if (!existsSync(join(root, destination))) return [`nothing is at ${target}`];
    return anchor === undefined || headings.get(destination)?.includes(anchor) ? [] : [`no heading for ${target}`];
  });
}

function nameProblems(path, text) {
  const names = [...text.matchAll(/`((?:[\w.-]+\/)+[\w.-]+)`/g)].map(([, name]) => name);
  return names
    .filter((name) => /\.(ts|mjs|cjs|yml|yaml|json|md)$/.test(name) || name.startsWith('test/'))
    .filter((name) => !ignored.test(name))
    .filter((name) => {
      const places = [...bases, dirname(path)].map((base) => join(root, base, name));
      return !places.some((place) => existsSync(place) || existsSync(`${place}.test.ts`));
    })
    .map((name) => `there is no file ${name}`);
}
