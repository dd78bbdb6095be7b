export const EXPRESSION_WORDS: readonly string[] = [
  ...['${{ ', ' }}', 'svc', '.', 'active', 'params.', 'findings.', 'host.', 'time.now', 'item', 'result.code'],
  ...['(', ')', '[', ']', '{', '}', ',', ':', '?', '!', '-', '+', '*', '/', '%', '<', '==', '&&', '||', ' in '],
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
  ...['re(', 'text(', 'sum(', '.join(","', '\\', '1u', 'b"x"', '//', '0x', '9223372036854775808', '"""', '\\ud800'],
];

export const SHELL_WORDS: readonly string[] = [
  ...['${{ svc.unit }}', '"', "'", '`', '$(', ')', '$((', '))', '${', '}', '\\', '\\\n', '<<', '<<-', "<<'E'\n", 'E\n'],
  ...['$x', '|', '||', '&&', ';', ';;', 'case x in', 'esac', 'if ', 'fi', '{ ', '#', '\n', '>', '2>&1', '*', '~', '\t'],
];
