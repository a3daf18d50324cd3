// Where findings are: URIs, paths and columns as scanners really write them.
import { describe, expect, it } from 'vitest';
import { at, read, readFirst, report, result } from '@rsolv/test-harness/sarif';

const onRunner = 'file:///home/runner/work/shop/shop';

describe('columns', () => {
  it.each([24, 21, 30])('keeps column %i as the tool counted it', (startColumn) => {
    expect(readFirst(report([result('a.js', at({ uri: 'a.js' }, { startLine: 1, startColumn }))])).column).toBe(
      startColumn,
    );
  });

  it('moves columns behind the end of the line to its end, if the report has the line', () => {
    const context = { startLine: 2, snippet: { text: 'first\nlet x = 1;\r\nlast' } };
    const region = { startLine: 3, startColumn: 30, endColumn: 31 };
    const finding = readFirst(report([result('a.js', at({ uri: 'a.js' }, region, { contextRegion: context }))]));
    expect(finding).toMatchObject({ column: 11, endColumn: 11 });
    expect(finding.repairs).toEqual([
      expect.stringMatching(/region\/startColumn: moved to the end of the line: the line has 10 characters$/),
      expect.stringMatching(/region\/endColumn: moved/),
    ]);
  });

  it('drops the end of a region that ends before it starts', () => {
    const region = { startLine: 9, startColumn: 2, endLine: 3, endColumn: 7 };
    const finding = readFirst(report([result('a.js', at({ uri: 'a.js' }, region))]));
    expect(finding).toMatchObject({ line: 9, column: 2, endLine: null, endColumn: null });
    expect(finding.repairs).toEqual([expect.stringMatching(/region\/endLine: dropped: the region ends before/)]);
  });

  it.each([0, -1, 1.5, 'five', 2 ** 31, null, {}])('drops the column %j', (startColumn) => {
    expect(readFirst(report([result('a.js', at({ uri: 'a.js' }, { startLine: 1, startColumn }))]))).toMatchObject({
      line: 1,
      column: null,
    });
  });
});

describe('URIs', () => {
  it.each([
    [`${onRunner}/src/100%2525%20%231.js`, 'src/100%25 #1.js'],
    ['src/100%2525%20%231.js', 'src/100%25 #1.js'],
    ['/home/runner/work/shop/shop/src/100%25 #1.js', 'src/100%25 #1.js'],
    ['src/100%25 #1.js', 'src/100%25 #1.js'],
    ['/home/runner/work/shop/shop/src/100%25.js', 'src/100%25.js'],
    [`${onRunner}/src/na%C3%AFve-%C3%BC.js`, 'src/naïve-ü.js'],
    ['src/naïve-ü.js', 'src/naïve-ü.js'],
    ['src/%E9.js', 'src/%E9.js'],
    ['src/%00.js', 'src/%00.js'],
    ['./src//a.js', 'src/a.js'],
    [String.raw`src\lib\a.js`, 'src/lib/a.js'],
    ['file:///D:/a/shop/shop/src/a.js', 'src/a.js'],
    [String.raw`d:\a\shop\shop\src\a.js`, 'src/a.js'],
    ['file:/home/runner/work/shop/shop/src/a.js', 'src/a.js'],
    ['file://localhost/home/runner/work/shop/shop/src/a.js', 'src/a.js'],
    [`${onRunner}/src/a.js#L3`, 'src/a.js'],
    ['file://src/a.js', 'src/a.js'],
  ])('reads %s', (uri, file) => {
    expect(readFirst(report([result(uri)]))).toMatchObject({ file, rawFile: uri });
  });

  it('lists what it read as a path', () => {
    const { repairs } = read(report([result('a b.js'), result('src/c.js'), result('/builds/acme/shop/d.js')]));
    expect(repairs).toEqual([
      ': read paths as relative to "/builds/acme/shop", which is taken as the checkout',
      '/runs/0/results/0/locations/0/physicalLocation/artifactLocation/uri: read as a path: it is not a valid URI reference',
      '/runs/0/results/2/locations/0/physicalLocation/artifactLocation/uri: read as a path: it has no scheme',
    ]);
  });

  it.each([
    ['file:///tmp/tmp.x8dh2/', undefined, 'src/a.js', 'src/a.js'],
    ['file:///tmp/tmp.x8dh2/build', undefined, '../src/a.js', 'src/a.js'],
    ['file:///tmp/tmp.x8dh2/build/', '/tmp/tmp.x8dh2', '../src/a.js', 'src/a.js'],
    ['packages/app/', undefined, 'src/a.js', 'packages/app/src/a.js'],
    [undefined, undefined, 'src/a.js', 'src/a.js'],
  ])('resolves the base %s', (uri, checkout, path, file) => {
    const others = uri?.startsWith('file:') ? [result('file:///tmp/tmp.x8dh2/README.md')] : [];
    const document = report([result('', at({ uri: path, uriBaseId: 'BASE' })), ...others], {
      originalUriBaseIds: { BASE: uri === undefined ? {} : { uri } },
    });
    expect(readFirst(document, { checkout }).file).toBe(file);
  });

  it('resolves bases that refer to bases, and ends where they form a circle', () => {
    const bases = { ONE: { uri: 'one/', uriBaseId: 'TWO' }, TWO: { uri: 'two/', uriBaseId: 'THREE' } };
    const document = (three: object) =>
      report([result('', at({ uri: 'a.js', uriBaseId: 'ONE' }))], { originalUriBaseIds: { ...bases, THREE: three } });
    expect(readFirst(document({ uri: 'three/' })).file).toBe('three/two/one/a.js');
    expect(readFirst(document({ uri: 'three/', uriBaseId: 'ONE' })).file).toBe('three/two/one/a.js');
  });

  it('takes an undefined base as the root of the repository, and says so unless its name says so', () => {
    const finding = readFirst(report([result('', at({ uri: 'a.js', uriBaseId: 'WORK' }))]));
    expect(finding.file).toBe('a.js');
    expect(finding.repairs).toEqual([
      '/runs/0/originalUriBaseIds: took "WORK" as the root of the repository: it is not defined',
    ]);
    expect(readFirst(report([result('', at({ uri: 'a.js', uriBaseId: '%SRCROOT%' }))])).repairs).toEqual([]);
  });

  it('takes %SRCROOT%, and the folder of the version control, as the checkout', () => {
    const originalUriBaseIds = { '%SRCROOT%': { uri: 'file:///work/src/' }, GIT: { uri: 'file:///work/' } };
    const results = [result('file:///work/src/a.js')];
    expect(readFirst(report(results, { originalUriBaseIds })).file).toBe('a.js');
    const versionControlProvenance = [{ repositoryUri: 'https://forge.example', mappedTo: { uriBaseId: 'GIT' } }];
    expect(readFirst(report(results, { originalUriBaseIds, versionControlProvenance })).file).toBe('src/a.js');
  });

  it('takes a folder above %SRCROOT%, if paths lead out of it', () => {
    const results = [
      result('', at({ uri: 'site.yml', uriBaseId: '%SRCROOT%' })),
      result('', at({ uri: '../roles/web/main.yml', uriBaseId: '%SRCROOT%' })),
      result('file:///usr/share/ansible/all.yml'),
    ];
    const { findings, repairs } = read(
      report(results, { originalUriBaseIds: { '%SRCROOT%': { uri: 'file:///work/shop/playbooks/' } } }),
    );
    expect(findings.map(({ file }) => file)).toEqual(['playbooks/site.yml', 'roles/web/main.yml', '']);
    expect(repairs[0]).toBe(': read paths as relative to "/work/shop": paths lead out of "/work/shop/playbooks"');
  });

  it('takes the longest folder of all files of the report as the checkout', () => {
    const artifacts = [{ location: { uri: 'file:///opt/shop/README.md' } }];
    expect(readFirst(report([result('file:///opt/shop/src/a.js')], { artifacts })).file).toBe('src/a.js');
  });

  it('lists a repair of an artifact once, however many results refer to it', () => {
    const artifacts = [{ location: { uri: 'a b.js' } }];
    const { repairs } = read(report([result('', at({ index: 0 })), result('', at({ index: 0 }))], { artifacts }));
    expect(repairs).toEqual(['/runs/0/artifacts/0/location/uri: read as a path: it is not a valid URI reference']);
  });

  it('takes no folder of the system as the checkout', () => {
    const system = ['/usr/include/stdio.h', '/etc/passwd', 'C:/Program Files (x86)/SDK/a.h'].map((uri) => result(uri));
    const { findings } = read(report([...system, result('/usr/src/app/src/a.c'), result('/usr/src/app/b.c')]));
    expect(findings.map(({ file }) => file)).toEqual(['', '', '', 'src/a.c', 'b.c']);
    expect(read(report(system)).findings.map(({ file }) => file)).toEqual(['', '', '']);
  });

  it('reads the artifact that a location refers to by index', () => {
    const artifacts = [{ location: { uri: 'one.js' } }, { location: { uri: 'two.js' } }];
    expect(readFirst(report([result('', at({ index: 1 }))], { artifacts })).file).toBe('two.js');
    expect(readFirst(report([result('', at({ uri: 'own.js', index: 1 }))], { artifacts })).file).toBe('own.js');
    expect(readFirst(report([result('', at({ index: 2 }))], { artifacts })).repairs[0]).toMatch(
      /there is no artifact 2$/,
    );
  });
});
