import { loadAnsibleCfg } from '../../../src/load/ansible-cfg.ts';
import { loadCases } from '../../../src/load/cases/cases.ts';
import { loadEvidence } from '../../../src/load/cases/evidence.ts';
import { loadFaults } from '../../../src/load/cases/faults.ts';
import { isFragment, lintFragment } from '../../../src/load/fragment.ts';
import { loadParamsFile } from '../../../src/load/params-file.ts';
import { loadRunbook } from '../../../src/load/runbook.ts';
import { loadSecretsFile } from '../../../src/load/secrets-file.ts';
import { isAge, decryptAge } from '../../../src/load/secrets-age.ts';
import { readSealed } from '../../../src/load/vault.ts';
import { parseYaml } from '../../../src/load/yaml.ts';
import { ACTIONS } from '../../../src/app/actions.ts';
import { excerptOf } from '../../../src/cli/excerpt.ts';
import type { Diagnostic, SourceFile } from '../../../src/model/source.ts';
import { BASE_RUNBOOK, loaded } from '../../support/base-runbook.ts';
import { loadWith } from '../../support/included.ts';
import {
  assertLoaded,
  assertPlaced,
  assertResult,
  repositoryText,
  repositoryTexts,
  YAML_WORDS,
  type Parser,
} from '../parser.ts';
import { EXPRESSION_WORDS, SHELL_WORDS } from './words.ts';

const file = (text: string): SourceFile => ({ file: 'file.yaml', text });
const told = (diagnostics: readonly Diagnostic[]) =>
  diagnostics.map(({ code, message, at }) => `${at.start.line}:${at.start.column} ${code} ${message}`);

const RUNBOOK_WORDS = [
  ...['runbook: ', 'summary: ', 'params:', 'diagnose:', 'findings:', 'fix:', 'verify:', 'rollback:', 'id: ', 'for: '],
  ...[
    'when: ',
    'expect: ',
    'loop: ',
    'until: ',
    'timeout: ',
    'undo: ',
    'include: ',
    'with: ',
    'delegate_to: ',
    'env: ',
  ],
  ...[
    'shell: ',
    'command: ',
    'service: ',
    'log_search: ',
    'patterns: ',
    'max_failures: ',
    'brake: ',
    'keep: ',
    '5m',
    '90%',
  ],
];

/** Runbooks of the library, and two that have something of everything. */
const RUNBOOKS = [BASE_RUNBOOK, ...repositoryTexts('runbooks/*.yaml'), ...repositoryTexts('runbooks/examples/*.yaml')];
const FRAGMENTS = repositoryTexts('runbooks/examples/lib/*.yaml');

const LIBRARY_RUNBOOK =
  loadRunbook(file(repositoryText('runbooks/service-down.yaml')), ACTIONS).runbook ?? loaded(BASE_RUNBOOK);
const LIBRARY_FAULTS = loadFaults(file(repositoryText('runbooks/service-down.test/faults.yaml'))).faults?.faults ?? [];

const EVIDENCE = repositoryTexts('runbooks/service-down.test/evidence/*.yaml', 200_000);

const CFG = `[defaults]
inventory = ./hosts,/etc/ansible/hosts
remote_user=deploy
private_key_file = ~/.ssh/id_ed25519
vault_password_file = {{CWD}}/pass
vault_identity_list = dev@~/dev , prod@prompt
host_key_checking = False
timeout = 30
[ssh_connection]
ssh_args = -o ControlMaster=auto -o ControlPersist=60s -F "/etc/my ssh"
[privilege_escalation]
become_method = su ; no sudo there
`;

const SEALED = `$ANSIBLE_VAULT;1.2;AES256;dev
33363431653834363564656163376165303935353331613235313863626561376338373861316436
3130646664303766653236353232643765393533643330350a336337393266393531656665376432
`;

const AGE_IDENTITY =
  '# created: 2026-01-01\nAGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX\n';
const ARMORED =
  '-----BEGIN AGE ENCRYPTED FILE-----\nYWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBBQUFB\n-----END AGE ENCRYPTED FILE-----\n';

/** What people write, and give to the program as files. */
export const FILES: readonly Parser[] = [
  {
    name: 'YAML',
    corpus: RUNBOOKS,
    words: YAML_WORDS,
    check(text) {
      const { root, diagnostics } = parseYaml(file(text));
      assertPlaced(diagnostics, text);
      return [told(diagnostics), root?.kind];
    },
  },
  {
    name: 'runbook',
    corpus: RUNBOOKS,
    words: [...YAML_WORDS, ...RUNBOOK_WORDS, ...EXPRESSION_WORDS, ...SHELL_WORDS],
    check(text) {
      const { runbook, diagnostics } = loadRunbook(file(text), ACTIONS);
      assertLoaded(runbook, diagnostics, text);
      for (const { at } of diagnostics.slice(0, 3)) excerptOf(text, at, 80);
      return told(diagnostics);
    },
  },
  {
    name: 'fragment',
    corpus: FRAGMENTS,
    words: [...YAML_WORDS, ...RUNBOOK_WORDS, 'fragment: ', 'steps:', ...EXPRESSION_WORDS],
    check(text) {
      if (text.length < 10_000) isFragment(file(text));
      const { diagnostics } = lintFragment(file(text), ACTIONS, () => ({ ok: true, value: 'x' }));
      assertPlaced(diagnostics, text);
      return told(diagnostics);
    },
  },
  {
    name: 'fragment that is included',
    corpus: FRAGMENTS,
    words: [...YAML_WORDS, ...RUNBOOK_WORDS, 'fragment: ', 'steps:', ...EXPRESSION_WORDS],
    check(text) {
      const including = `${BASE_RUNBOOK.split('verify:')[0]}  - include: f.yaml\n    id: one\n    for: down\n    with: { service: a }\n`;
      const { diagnostics } = loadWith(including, { 'f.yaml': text }, ACTIONS);
      assertPlaced(
        diagnostics.filter(({ at }) => at.file.endsWith('f.yaml')),
        text,
      );
      return told(diagnostics);
    },
  },
  {
    name: 'params file',
    corpus: ['service: apache2\nlimit: 90%\nnames: [a, b]\npassword: !secret db\n', '{"a": {"b": [1, 2.5, true]}}'],
    words: YAML_WORDS,
    check(text) {
      const { params, diagnostics } = loadParamsFile(file(text));
      assertLoaded(params, diagnostics, text);
      return told(diagnostics);
    },
  },
  {
    name: 'secrets file',
    corpus: ["db: 'correct horse'\nother: |\n  two\n  lines\n", '# nothing\na: "\\x41"\n'],
    words: YAML_WORDS,
    check(text) {
      const { secrets, diagnostics } = loadSecretsFile(file(text));
      assertLoaded(secrets, diagnostics, text);
      return told(diagnostics);
    },
  },
  {
    name: 'cases',
    corpus: repositoryTexts('runbooks/service-down.test/cases.yaml', 100_000),
    words: [...YAML_WORDS, 'cases:', 'fault: ', 'expect: ', 'outcome: ', 'findings: ', 'changed: ', 'proof: fails'],
    check(text) {
      const { cases, diagnostics } = loadCases(file(text), { runbook: LIBRARY_RUNBOOK, faults: LIBRARY_FAULTS });
      assertLoaded(cases, diagnostics, text);
      return told(diagnostics);
    },
  },
  {
    name: 'faults',
    corpus: repositoryTexts('runbooks/*.test/faults.yaml'),
    words: [...YAML_WORDS, 'faults:', 'setup: ', 'break: ', 'heal: ', '${{ x }}'],
    check(text) {
      const { faults, diagnostics } = loadFaults(file(text));
      assertLoaded(faults, diagnostics, text);
      return told(diagnostics);
    },
  },
  {
    name: 'evidence',
    corpus: EVIDENCE,
    words: [...YAML_WORDS, 'evidence: 1', 'states:', 'reads:', 'answers:', 'code: ', 'stdout: |\n', 'end: ', '12ms'],
    check(text) {
      const of = { runbook: 'service-down', case: /^case: (\S+)$/m.exec(text)?.[1] ?? 'x' };
      const { evidence, diagnostics } = loadEvidence(file(text), of);
      assertLoaded(evidence, diagnostics, text);
      return told(diagnostics);
    },
  },
  {
    name: 'ansible.cfg',
    corpus: [CFG],
    words: [
      '[',
      ']',
      '=',
      ':',
      ';',
      '#',
      '\n',
      ' ',
      '\t',
      '"',
      "'",
      '\\',
      '~',
      '{{CWD}}',
      '$HOME',
      '%',
      ',',
      '@',
      '\0',
      '-o ',
    ],
    check(text) {
      const words = { home: '/home/me', directory: '/srv', environment: { HOME: '/home/me' } };
      const { cfg, diagnostics } = loadAnsibleCfg({ file: '/srv/ansible.cfg', text }, words);
      assertLoaded(cfg, diagnostics, text);
      return [told(diagnostics), cfg];
    },
  },
  {
    name: 'sealed text of ansible-vault',
    corpus: [SEALED, SEALED.replace('1.2;AES256;dev', '1.1;AES256')],
    words: ['$ANSIBLE_VAULT', ';', '1.1', '1.2', 'AES256', '\n', '\r\n', '0a', 'ff', '33', ' ', '\0', 'z'],
    check(text) {
      const sealed = readSealed(text);
      assertResult(sealed);
      return sealed;
    },
  },
  {
    name: 'age file and identity',
    corpus: [ARMORED, `age-encryption.org/v1\n-> X25519 AAAA\nAAAA\n--- AAAA\nxx`, AGE_IDENTITY],
    words: [
      'age-encryption.org/v1\n',
      '-> X25519 ',
      '--- ',
      '-----BEGIN AGE ',
      'AGE-SECRET-KEY-1',
      '=',
      '\n',
      '#',
      'A',
      '\0',
      'ÿ',
    ],
    binary: true,
    cap: 100_000,
    async check(text) {
      const bytes = Buffer.from(text, 'latin1');
      isAge(bytes);
      const results = [
        await decryptAge({ file: 'secrets.age', bytes }, { file: 'id', text: AGE_IDENTITY }),
        await decryptAge({ file: 'secrets.age', bytes: Buffer.from(ARMORED) }, { file: 'id', text }),
      ];
      for (const result of results) assertResult(result);
      return results;
    },
  },
];
