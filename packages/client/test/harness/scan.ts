export const commitSha = '692f480c9ebd731a6b48cf6cdbe3ca92c8724c8a';

/** What a scan stores. */
export const scan = { vulnerabilities: [{ type: 'command_injection', filePath: 'Gruntfile.js', line: 14 }] };

/** Where a scan belongs. */
export const scanned = (changes: object = {}) => ({ repo: 'RSOLV-dev/demo', commitSha, ...changes });
