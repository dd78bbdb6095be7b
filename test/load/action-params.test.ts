import assert from 'node:assert/strict';
import { ACTIONS } from '../../src/app/actions.ts';
import { loadRunbook, type LoadedRunbook } from '../../src/load/runbook.ts';
import { ok } from '../../src/util/result.ts';
import { changed } from '../support/base-runbook.ts';
import { scopeWith } from '../support/scope.ts';

function load(step: string): LoadedRunbook {
  const text = changed('service: { name: "${{ svc.unit }}", state: started }', step);
  return loadRunbook({ file: 'runbooks/base.yaml', text }, ACTIONS, () => ok('text'));
}

/** What is said of a runbook with this step: message and hint. */
function complaintsAbout(step: string): readonly string[] {
  return load(step).diagnostics.map(({ message, hint }) => (hint === undefined ? message : `${message} | ${hint}`));
}

const WRONG_VALUES: readonly (readonly [step: string, complaint: string])[] = [
  [
    'file: { path: /srv/app/, state: directory }',
    'path: expected an absolute path with no / at its end, such as /etc/motd, found "/srv/app/"',
  ],
  ['file: { path: /srv/app, mode: u=rw }', 'mode: expected three or four octal digits, such as "0640", found "u=rw"'],
  [
    'assert: { that: ["svc.active"] }',
    'that: expected true or false, found "svc.active" | write true or false, or an expression as ${{ }}',
  ],
  [
    'assert: { that: svc.active }',
    'that: expected a list such as [a, b], found "svc.active" | write ["${{ svc.active }}"]',
  ],
];

const CONFLICTS: readonly (readonly [step: string, complaint: string])[] = [
  ['copy: { dest: /etc/a }', 'copy: give either content or src'],
  [
    'copy: { dest: /etc/a, content: a, validate: [visudo] }',
    'copy: validate must hold %s, which stands for the path of the new file',
  ],
  [
    'template: { src: a.tmpl, dest: /etc/a, validate: [visudo] }',
    'template: validate must hold %s, which stands for the path of the new file',
  ],
  ['file: { path: /etc/a, state: link }', 'file: a link needs src, where it leads to'],
  ['file: { path: /etc/a, src: /etc/b }', 'file: src is for state: link; copy gives a file its content'],
  ['file: { path: /etc/a, state: absent, mode: "0600" }', 'file: mode means nothing with state: absent: remove it'],
  ['lineinfile: { path: /etc/a }', 'lineinfile: give the line that shall be there'],
  ['lineinfile: { path: /etc/a, state: absent }', 'lineinfile: give line or regexp, for what shall be removed'],
  [
    'lineinfile: { path: /etc/a, line: "${{ svc.unit }}", insertafter: a, insertbefore: b }',
    'lineinfile: insertafter and insertbefore exclude each other: give one of them',
  ],
  [
    'blockinfile: { path: /etc/a, block: a, insertafter: a, insertbefore: b }',
    'blockinfile: insertafter and insertbefore exclude each other: give one of them',
  ],
  [
    'blockinfile: { path: /etc/a, marker: "# {mark}", block: "# END" }',
    'blockinfile: the block itself holds the mark # END: give another marker',
  ],
  [
    String.raw`replace: { path: /etc/a, regexp: (a), replace: '\1\2' }`,
    String.raw`replace: replace names \2, and regexp has 1 group: put ( ) around what it keeps`,
  ],
  ['ini_file: { path: /etc/a, section: "" }', 'ini_file: give a section or an option'],
  ['ini_file: { path: /etc/a, section: a, option: b }', 'ini_file: give the value of the option'],
  ['ini_file: { path: /etc/a, section: a, value: b }', 'ini_file: give the option that has the value'],
  ['wait_for: {}', 'wait_for: give either port or path'],
  ['wait_for: { port: 80, path: "/run/${{ svc.unit }}" }', 'wait_for: give either port or path'],
  ['wait_for: { port: 80, state: absent }', 'wait_for: a port is started or stopped, not absent'],
  ['wait_for: { path: /x, state: started }', 'wait_for: a path is present or absent, not started'],
  ['wait_for: { path: /x, address: a }', 'wait_for: address goes with port: remove it'],
  ['wait_for: { port: 80, contains: a }', 'wait_for: contains goes with path: remove it'],
  ['wait_for: { path: /x, contains: a, state: absent }', 'wait_for: contains goes with state: present'],
];

describe('Params of an action', () => {
  for (const [step, complaint] of WRONG_VALUES) {
    it(`are refused in words: ${step}`, () => assert.deepEqual(complaintsAbout(step), [complaint]));
  }

  for (const [step, complaint] of CONFLICTS) {
    it(`are refused where they do not go together: ${step}`, () =>
      assert.deepEqual(complaintsAbout(step), [complaint]));
  }

  it('are refused before anything is sent when only their values show that they do not go together', () => {
    const { runbook } = load('file: { path: /etc/a, state: "${{ params.service }}" }');
    const params = (service: string) => runbook?.fix[0]?.params.evaluate(scopeWith({}, { params: { service } }));
    assert.deepEqual(params('absent'), { ok: true, value: { path: '/etc/a', state: 'absent' } });
    assert.deepEqual(params('link'), {
      ok: false,
      error: { kind: 'error', message: 'a link needs src, where it leads to' },
    });
  });

  it('may be computed texts, of which nothing is known when the runbook is checked', () => {
    const steps = [
      'copy: { dest: /etc/a, content: a, validate: ["${{ svc.unit }}", "%s"] }',
      'ini_file: { path: /etc/a, section: "${{ svc.unit }}" }',
    ];
    for (const step of steps) assert.deepEqual(complaintsAbout(step), []);
  });
});
