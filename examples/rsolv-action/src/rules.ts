// What the scan searches for, and how a finding can be proven and fixed automatically.

/** A kind of vulnerability that can be found in one line of JavaScript. */
export interface Rule {
  /** The fields of a finding. */
  readonly about: {
    readonly type: string;
    readonly severity: string;
    readonly cweId: string;
    readonly description: string;
    readonly remediation: string;
  };
  readonly pattern: RegExp;
  /** Input that creates a file called `ran` if the vulnerability is real. */
  readonly payload?: string;
  /** Returns the line without the vulnerability. */
  readonly fix?: (line: string) => string;
}

/** Returns the rule that finds this type. */
export const ruleFor = (type: string): Rule | undefined => rules.find(({ about }) => about.type === type);

const evalCall = /\beval\(/;
const shellCommand = /\bexec(Sync)?\(`([^`$]+) \$\{([^}]+)\}`/;

export const rules: readonly Rule[] = [
  {
    about: {
      type: 'code_injection',
      severity: 'critical',
      cweId: 'CWE-95',
      description: 'Use of eval() function',
      remediation: 'Avoid eval(), use JSON.parse() or safer alternatives',
    },
    pattern: evalCall,
    payload: "process.getBuiltinModule('fs').writeFileSync('ran', '')",
    fix: (line) => line.replace(evalCall, 'JSON.parse('),
  },
  {
    about: {
      type: 'command_injection',
      severity: 'critical',
      cweId: 'CWE-78',
      description: 'Shell command made of text',
      remediation: 'Use execFile() with a list of arguments, which no shell reads',
    },
    pattern: shellCommand,
    payload: '; touch ran',
    fix: (line) => {
      const [call = '', sync = '', command = '', argument = ''] = shellCommand.exec(line) ?? [];
      const [program, ...fixed] = command.split(' ').map((word) => `'${word}'`);
      return line.replace(call, () => `execFile${sync}(${program}, [${[...fixed, argument].join(', ')}]`);
    },
  },
  {
    about: {
      type: 'nosql_injection',
      severity: 'high',
      cweId: 'CWE-943',
      description: 'MongoDB $where made of text',
      remediation: 'Sanitize user input and use parameterized queries',
    },
    pattern: /\$where:\s*`[^`]*\$\{/,
  },
];
