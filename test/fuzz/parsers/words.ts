/** Of the language of expressions. */
export const EXPRESSION_TOKENS: readonly string[] = [
  ...['svc', '.', 'active', 'unit', 'log', 'counts', 'params', 'names', 'findings', 'present', 'host', 'time', 'item'],
  ...['(', ')', '[', ']', '{', '}', ',', ':', '?', '!', '-', '+', '*', '/', '%', '<', '==', '&&', '||', 'in', 'x'],
  ...[
    '"a"',
    "r'b'",
    '1',
    '2.5',
    'true',
    'null',
    'size(',
    'has(',
    '.map(x,',
    '.filter(x,',
    '.exists(x,',
    'duration("1m")',
  ],
  ...['re(', 'text(', 'sum(', '.join(","', '\\', '1u', 'b"x"', '//', '0x', '9223372036854775808'],
];

export const EXPRESSION_WORDS: readonly string[] = [
  ...EXPRESSION_TOKENS,
  ...['${{ ', ' }}', 'params.', 'findings.', 'host.', 'time.now', 'result.code', ' in ', '"""', '\\ud800'],
];

export const SHELL_WORDS: readonly string[] = [
  ...['${{ svc.unit }}', '"', "'", '`', '$(', ')', '$((', '))', '${', '}', '\\', '\\\n', '<<', '<<-', "<<'E'\n", 'E\n'],
  ...['$x', '|', '||', '&&', ';', ';;', 'case x in', 'esac', 'if ', 'fi', '{ ', '#', '\n', '>', '2>&1', '*', '~', '\t'],
];

/** Of ssh_config. */
export const SSH_CONFIG_WORDS: readonly string[] = [
  ...['"', '=', ' ', '\t', '\n', '\r', '#', '\\', "'", '*', '!', '~', '%h', '%%', '${X}'],
  ...['Host ', 'Match ', 'all'],
];
