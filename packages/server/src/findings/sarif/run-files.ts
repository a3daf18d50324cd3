import { describeValue } from '@rsolv/shared/contract/expected';
import { isAbsolute, normalizePath } from '../checkout.ts';
import type { ReportNode } from '../report-node.ts';
import { sarifLimits } from './limits.ts';
import { readUri, type UriPath } from './uri-path.ts';

/** Where a report says that a file is, before the path of the checkout is known. */
export interface FileReference extends UriPath {
  /** As the tool wrote it. */
  readonly raw: string;
  /** The JSON pointer of the URI. */
  readonly pointer: string;
  /** Whether the tool wrote it relative to a base. */
  readonly hasBase: boolean;
}

/** The names under which tools define the root of the repository. */
const rootNames = new Set(['SRCROOT', 'PROJECTROOT', 'REPOROOT', 'ROOTPATH', 'WORKSPACEROOT']);

const isRootName = (name: string): boolean => rootNames.has(name.replaceAll(/[%_]/g, '').toUpperCase());

/** Reads the locations of the files of a run. */
export class RunFiles {
  readonly #run: ReportNode;
  readonly #bases: ReportNode;
  readonly #artifacts: readonly ReportNode[];
  readonly #read = new Map<string, UriPath>();
  readonly #folders = new Map<string, string>();

  constructor(run: ReportNode) {
    this.#run = run;
    this.#bases = run.object('originalUriBaseIds');
    this.#artifacts = run.objects('artifacts');
  }

  /** Returns the path of the checkout if the run says it. */
  statedCheckout(): string | undefined {
    const mapped = this.#run
      .objects('versionControlProvenance')
      .map((each) => each.object('mappedTo').text('uriBaseId'))
      .filter((name) => name !== undefined);
    const names = [...mapped, ...this.#bases.names.filter(isRootName)];
    return names.map((name) => this.#folder(name)).find(isAbsolute);
  }

  /** Returns the files that the run lists, whether or not they have findings. */
  listArtifacts(): FileReference[] {
    return this.#artifacts.flatMap((each) => this.find(each.object('location')) ?? []);
  }

  /**
   * Reads an `artifactLocation`.
   *
   * @returns undefined if it names no file
   */
  find(location: ReportNode): FileReference | undefined {
    const index = location.has('uri') ? -1 : (location.integer('index', -1) ?? -1);
    const artifact = index < 0 ? undefined : this.#artifacts[index];
    if (index >= 0 && artifact === undefined) {
      location.review.repair(location.at('index'), `dropped: there is no artifact ${index}`);
    }
    const source = artifact?.object('location') ?? location;
    const raw = source.text('uri');
    if (raw === undefined || raw === '') return undefined;
    const pointer = source.at('uri');
    if (raw.length > sarifLimits.idLength) {
      source.review.refuse(pointer, `must have at most ${sarifLimits.idLength} characters, not ${raw.length}`);
      return undefined;
    }
    const base = source.text('uriBaseId');
    return { ...this.#readOnce(raw, base), raw, pointer, hasBase: base !== undefined };
  }

  #readOnce(raw: string, base: string | undefined): UriPath {
    const key = `${base ?? ''}\0${raw}`;
    const known = this.#read.get(key);
    if (known !== undefined) return known;
    const read = readUri(raw);
    const result = base === undefined || read.kind !== 'relative' ? read : join(this.#folder(base), read);
    this.#read.set(key, result);
    return result;
  }

  /** Returns the folder of a base: absolute, or relative to the root of the repository. */
  #folder(name: string): string {
    const known = this.#folders.get(name);
    if (known !== undefined) return known;
    // Ends circles of bases.
    this.#folders.set(name, '');
    const folder = this.#readFolder(name);
    this.#folders.set(name, folder);
    return folder;
  }

  #readFolder(name: string): string {
    const review = this.#run.review;
    if (!this.#bases.has(name)) {
      if (!isRootName(name)) {
        const action = `took ${describeValue(name)} as the root of the repository: it is not defined`;
        review.repair(this.#run.at('originalUriBaseIds'), action);
      }
      return '';
    }
    const base = this.#bases.object(name);
    const uri = base.text('uri');
    if (uri === undefined || uri === '') return '';
    const read = readUri(uri);
    if (read.action !== undefined) review.repair(base.at('uri'), read.action);
    if (read.kind === 'address') return '';
    const parent = base.text('uriBaseId');
    return parent === undefined || read.kind === 'absolute' ? read.path : join(this.#folder(parent), read).path;
  }
}

function join(folder: string, { path, action }: UriPath): UriPath {
  const joined = normalizePath(folder === '' ? path : `${folder}/${path}`);
  return { path: joined, kind: isAbsolute(joined) ? 'absolute' : 'relative', action };
}
