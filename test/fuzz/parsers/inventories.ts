import assert from 'node:assert/strict';
import { readAddress, isHostName } from '../../../src/load/inventory/connection/address.ts';
import { parseSshArguments, withoutUnchecked } from '../../../src/load/inventory/connection/ssh-arguments.ts';
import type { LoadedInventory } from '../../../src/load/inventory.ts';
import { expandHostRange } from '../../../src/load/inventory/sources/host-range.ts';
import { readPythonLiteral } from '../../../src/load/inventory/sources/python-literal.ts';
import { resolveYaml11 } from '../../../src/load/inventory/sources/yaml11.ts';
import { iniText } from '../../ansible/generated-ini.ts';
import { programText } from '../../ansible/generated-program.ts';
import { yamlText, yamlVariables } from '../../ansible/generated-yaml.ts';
import { loadFiles } from '../../support/inventory-files.ts';
import { Random } from '../../support/random.ts';
import { assertPlaced, assertResult, repositoryText, YAML_WORDS, type Parser } from '../parser.ts';

const generated = (make: (random: Random) => string): readonly string[] =>
  Array.from({ length: 20 }, (_, seed) => make(new Random(seed)));

const INI_WORDS = [
  ...[
    '[',
    ']',
    '[web]\n',
    ':children]',
    ':vars]',
    '[1:9999]',
    '[a:z]',
    '=',
    ' ',
    '\n',
    '\r',
    '\t',
    '#',
    ';',
    '"',
    "'",
    '\\',
  ],
  ...[
    '{{ x }}',
    '{{',
    '}}',
    'None',
    'True',
    '0x',
    '1e400',
    '(1,',
    'u"a"',
    'ansible_host=',
    'ansible_port=',
    '::1',
    '%',
    '\0',
  ],
];
const JINJA_WORDS = [
  '{{ ',
  ' }}',
  '{% ',
  ' %}',
  '{# ',
  ' #}',
  ' | default(',
  "'a'",
  '.x',
  '[0]',
  'x',
  '\\',
  '"',
  '-',
  '~',
];

function assertInventory({ inventory, diagnostics }: LoadedInventory, text: string): unknown {
  assert.equal(
    inventory === undefined,
    diagnostics.some(({ severity }) => severity === 'error'),
  );
  const problems = (inventory?.hosts ?? []).flatMap((host) => host.problems);
  assertPlaced(
    [...diagnostics, ...problems].filter(({ at }) => at.file === '/h.ini' || at.file === '/h.yml'),
    text,
  );
  return [...diagnostics, ...problems].map(({ code, message }) => `${code} ${message}`);
}

const SSH_ARGUMENTS = ['-o ProxyCommand="nc %h %p" -F /x', '-J a,b:22 -i ~/.ssh/id -p 2222 -oStrictHostKeyChecking=no'];

/** Inventories in all their forms, and what stands in them. */
export const INVENTORIES: readonly Parser[] = [
  {
    name: 'inventory in INI',
    corpus: generated(iniText),
    words: INI_WORDS,
    check: async (text) => assertInventory(await loadFiles({ '/h.ini': text }), text),
  },
  {
    name: 'inventory in YAML',
    corpus: [...generated(yamlText), repositoryText('inventory.example.yaml')],
    words: [...YAML_WORDS, ...JINJA_WORDS, 'all:', 'hosts:', 'vars:', 'children:', 'web[01:20]', 'ansible_host: '],
    check: async (text) => assertInventory(await loadFiles({ '/h.yml': text }), text),
  },
  {
    name: 'inventory of a program',
    corpus: generated(programText),
    words: [
      '{',
      '}',
      '[',
      ']',
      '"',
      ':',
      ',',
      '\\u0000',
      '\\',
      '"_meta"',
      '"hostvars"',
      '"hosts"',
      'null',
      'NaN',
      '1e400',
      '__proto__',
    ],
    check: async (text) => assertInventory(await loadFiles({ '/p': () => text }), text),
  },
  {
    name: 'variables of a group',
    corpus: [
      ...generated(yamlVariables),
      `ansible_ssh_common_args: -o ProxyCommand="nc %h" -F /x\nansible_host: "{{ x | default('a') }}"\nx: "{{ y }}"\ny: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  3336\n`,
    ],
    words: [...YAML_WORDS, ...JINJA_WORDS, 'ansible_port: ', 'ansible_become: ', '-o ', '-J '],
    check: async (text) => assertInventory(await loadFiles({ '/h': 'web01\n', '/group_vars/all': text }), text),
  },
  {
    name: 'value as Python writes it',
    corpus: ['[1, {"a": (2, None)}, u\'x\\u00e9\']', '-1.5e3', '{1: 2, "b": True}', "b'x' 'y'", '0o17 + 2j'],
    words: [
      '[',
      ']',
      '{',
      '}',
      '(',
      ')',
      ',',
      ':',
      "'",
      '"',
      "'''",
      '\\',
      '\\x',
      '\\N{',
      '-',
      '+',
      'j',
      '_',
      '0x',
      '1e9',
      'None',
    ],
    check: (text) => readPythonLiteral(text),
  },
  {
    name: 'scalar of YAML 1.1',
    corpus: ['yes', '0b101', '1:30:00', '2001-12-14t21:59:43.10-05:00', '.inf', '0o14', '1_000.5', '~'],
    words: ['+', '-', '.', ':', '_', '0', '9', '0b', '0x', 'e', 'T', 'Z', ' ', 'inf', 'nan', 'y', 'On'],
    check: (text) => String(resolveYaml11(text)),
  },
  {
    name: 'range of hosts',
    corpus: ['web[01:20].example.com', 'db-[a:f][1:3:2]', 'x[9:1]', '[001:100]'],
    words: ['[', ']', ':', '0', '9', 'a', 'z', 'A', '-', '.', '99999999', '[1:9]', '[a:z]'],
    check(text) {
      const range = expandHostRange(text);
      assertResult(range);
      if (range.ok) assert.ok(range.value.length <= 10_000);
      return range.ok ? range.value.length : range;
    },
  },
  {
    name: 'address',
    corpus: [
      '192.0.2.1',
      '[2001:db8::1%eth0]',
      'web01.example.com',
      '::ffff:10.0.0.1',
      'größe.example',
      '0x7f.1',
      '010.0.0.1',
    ],
    words: ['.', ':', '::', '%', '[', ']', '-', '0', 'x', 'xn--', '255', '256', 'ß', '。', '\u202e', '_', '@'],
    check(text) {
      isHostName(text);
      const address = readAddress(text);
      assertResult(address);
      return address;
    },
  },
  {
    name: 'arguments of ssh',
    corpus: SSH_ARGUMENTS,
    words: [
      '-o',
      '-J',
      '-F',
      '-i',
      '-p',
      '-W',
      ' ',
      '"',
      "'",
      '\\',
      '=',
      ',',
      '@',
      '%h',
      '$',
      '`',
      '#',
      '\n',
      '--',
      'ProxyJump',
      '-4AC',
    ],
    check(text) {
      const read = parseSshArguments(text);
      assertResult(read);
      return [read, withoutUnchecked(text)];
    },
  },
];
