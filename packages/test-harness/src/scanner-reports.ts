// Small reports of the kinds that real scanners write, as JSON text, with values that jsonb or a JavaScript number can't hold.

const digits = (count: number) => `1${'0123456789'.repeat(Math.ceil(count / 10))}`.slice(0, count);

/** Without long numbers: JavaScript and tRPC carry them. */
export const reportsWithOddText: Readonly<Record<string, string>> = {
  'grype: U+0000 in a description': String.raw`{"matches":[{"vulnerability":{"id":"CVE-2021-3711","severity":"Critical",
    "description":"An attacker sends \u0000 in an ASN.1 string"},"artifact":{"name":"libssl","version":"1.1.1"}}]}`,
  'trufflehog3: U+0000 in the lines of a binary file': String.raw`{"issues":[{"path":"logo.png","line":"\u0089PNG\r\n\u001a\n\u0000\u0000\u0000\rIHDR",
    "context":{"12":"\u0000\u0001","13":"key\u0000=\u0000x"},"rule":{"id":"high-entropy"}}]}`,
  'arachni: U+0000 in the bytes of a response': String.raw`{"issues":[{"name":"Null byte injection","proof":"root:x\u0000","vector":{"seed":"..\u0000.jpg"}}]}`,
  'mayhem, as SARIF: U+0000 in a message': String.raw`{"version":"2.1.0","runs":[{"results":[{"ruleId":"CWE-476","message":{"text":"crash on \u0000\u00ff"}}]}]}`,
  'a fuzzer: keys with U+0000': String.raw`{"coverage":{"a\u0000b":1,"a\ufffdb":2,"\u0000":3}}`,
  'a JavaScript scanner: half surrogate pairs': String.raw`{"findings":[{"source":"let s = '\ud800'","\udfff":"\ud83d"}]}`,
  'a syntax tree, nested 1,900 levels deep': `{"tree":${'{"kind":"+","left":'.repeat(1900)}0${'}'.repeat(1900)}}`,
};

/** With numbers that only JSON carries, and the path of the first one. */
export const reportsWithLongNumbers: Readonly<Record<string, readonly [report: string, path: string]>> = {
  'Checkmarx One: query ids of 64 bits': [
    '{"results":[{"queryId":14517067005933136034,"line":7},{"queryId":-9223372036854775807}]}',
    'results[0].queryId',
  ],
  'AppCheck: an id beyond 2^53, and U+0000': [
    String.raw`{"findings":[{"evidence":"GET /\u0000","vulnerability":{"id":9007199254740993}}]}`,
    'findings[0].vulnerability.id',
  ],
  'sslyze: a serial number, and a modulus of 617 digits': [
    `{"certificates":[{"serialNumber":${digits(39)},"publicKey":{"rsaN":${digits(617)},"rsaE":65537}}]}`,
    'certificates[0].serialNumber',
  ],
  'a factorization: an integer of 200,000 digits': [`{"n":[0,${digits(200_000)}]}`, 'n[1]'],
  'a solver: numbers out of the range of a double': ['{"bounds":[-1.5e309,1e400,1e-400,1e999999999]}', 'bounds[0]'],
};

/** With fractions that a double rounds, which every JSON parser may do. */
export const reportsWithLongFractions: Readonly<Record<string, string>> = {
  'a statistic: fractions of 30 digits': '{"scores":[0.123456789012345678901234567891,1.00000000000000000000001e-30]}',
  'a C program: doubles with 17 digits': '{"seconds":[0.29999999999999999,1234567.8901234567]}',
};
