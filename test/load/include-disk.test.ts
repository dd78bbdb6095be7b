import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { isFragment, lintFragment } from '../../src/load/fragment.ts';
import { readBeside } from '../../src/load/read-beside.ts';
import { loadRunbook, type LoadedRunbook } from '../../src/load/runbook.ts';
import type { Action } from '../../src/model/action.ts';
import { TEST_ACTIONS } from '../support/actions-for-tests.ts';
import { changed } from '../support/base-runbook.ts';
import { scopeWith } from '../support/scope.ts';

const script: Action = {
  ...(TEST_ACTIONS.get('command') ?? assert.fail()),
  name: 'script',
  params: { src: { type: { kind: 'source-file' }, description: 'A file.' } },
};
const actions = new Map([...TEST_ACTIONS, ['script', script]]);

const fragment = (name: string, step: string): string => `fragment: ${name}\nsummary: x\nsteps:\n  - ${step}\n`;
const START = 'service: { name: a, state: started }';
const RUN = '{ script: { src: free.sh }, undo: { none: it is gone } }';

describe('The file of an include', () => {
  let folder: string;

  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'include-')));
    write('runbooks/lib/one.yaml', fragment('one', START));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  function write(path: string, content: string, mode = 0o644): void {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
    chmodSync(join(folder, path), mode);
  }

  function load(path: string): LoadedRunbook {
    const file = join(folder, 'runbooks/base.yaml');
    const text = changed(/fix:\n[\s\S]*verify:/, `fix:\n  - { include: ${path}, for: down }\nverify:`);
    return loadRunbook({ file, text }, actions, readBeside(file));
  }

  /** Place, code and message of the first error; `ok`. */
  function complaintAbout(path: string): string {
    const [first] = load(path).diagnostics;
    if (first === undefined) return 'ok';
    const file = first.at.file.slice(folder.length + 1);
    return `${file}:${first.at.start.line}:${first.at.start.column} ${first.code} ${first.message}`.replaceAll(
      folder,
      '',
    );
  }

  it('lies beside the runbook, or in a folder below it', () => {
    assert.equal(complaintAbout('lib/one.yaml'), 'ok');
    assert.equal(complaintAbout('./lib/../lib/one.yaml'), 'ok');
    symlinkSync('lib/one.yaml', join(folder, 'runbooks/two.yaml'));
    assert.match(complaintAbout('two.yaml'), /two\.yaml:1:11 E_NAME the fragment is called one, its file two\.yaml$/);
  });

  it('does not lead out of that folder, links followed', () => {
    write('other/one.yaml', fragment('one', START));
    const out = 'runbooks/base.yaml:18:16 E_PATH';
    assert.match(complaintAbout('../other/one.yaml'), new RegExp(`^${out} include: .* this leads out of the folder`));
    assert.match(complaintAbout(join(folder, 'runbooks/lib/one.yaml')), new RegExp(`^${out} `));
    symlinkSync('../other/one.yaml', join(folder, 'runbooks/one.yaml'));
    symlinkSync('../other', join(folder, 'runbooks/there'));
    assert.match(complaintAbout('one.yaml'), new RegExp(`^${out} `));
    assert.match(complaintAbout('there/one.yaml'), new RegExp(`^${out} `));
  });

  it('names further files from its own folder on, and none outside of that', () => {
    write('runbooks/free.sh', 'rm /a\n');
    write('runbooks/lib/free.sh', 'rm /b\n');
    write('runbooks/lib/one.yaml', fragment('one', '{ include: deep/two.yaml }'));
    write('runbooks/lib/deep/two.yaml', fragment('two', RUN));
    assert.match(
      complaintAbout('lib/one.yaml'),
      /^runbooks\/lib\/deep\/two\.yaml:4:22 E_READ src: "free\.sh": there is no such file/,
    );
    write('runbooks/lib/deep/free.sh', 'rm /c\n');
    const params = load('lib/one.yaml').runbook?.fix[0]?.params.evaluate(scopeWith({}));
    assert.deepEqual(params, { ok: true, value: { src: { path: 'free.sh', content: 'rm /c\n' } } });
    write('runbooks/lib/deep/two.yaml', fragment('two', RUN.replace('free.sh', '../free.sh')));
    assert.match(
      complaintAbout('lib/one.yaml'),
      /two\.yaml:4:22 E_PATH src: .* this leads out of the folder of the fragment/,
    );
    write('runbooks/lib/deep/two.yaml', fragment('two', 'include: ../../three.yaml'));
    write('runbooks/three.yaml', fragment('three', START));
    assert.match(
      complaintAbout('lib/one.yaml'),
      /two\.yaml:4:14 E_PATH include: .* this leads out of the folder of the fragment/,
    );
  });

  it('is part of the hash of what was checked, and so is what it names', () => {
    const hash = (): string | undefined => load('lib/one.yaml').runbook?.sha256;
    const first = hash();
    assert.match(first ?? '', /^[0-9a-f]{64}$/);
    assert.equal(hash(), first);
    write('runbooks/lib/one.yaml', fragment('one', `${START} # more`));
    const second = hash();
    assert.notEqual(second, first);
    write('runbooks/lib/free.sh', 'rm /a\n');
    write('runbooks/lib/one.yaml', fragment('one', RUN));
    const third = hash();
    write('runbooks/lib/free.sh', 'rm /b\n');
    assert.notEqual(hash(), third);
  });

  it('is a file of at most 256 KiB that not everybody may write', () => {
    assert.match(complaintAbout('lib/none.yaml'), /18:16 E_READ include: "lib\/none\.yaml": there is no such file$/);
    assert.match(complaintAbout('lib'), /18:16 E_NOTFILE include: "lib": this is a directory$/);
    execFileSync('mkfifo', [join(folder, 'runbooks/pipe.yaml')]);
    assert.match(complaintAbout('pipe.yaml'), /18:16 E_NOTFILE include: "pipe\.yaml": this is not a regular file$/);
    write('runbooks/large.yaml', fragment('large', START) + '#'.repeat(1024 * 1024));
    assert.match(complaintAbout('large.yaml'), /18:16 E_SIZE include: "large\.yaml": the file is larger than 256 KiB$/);
    write('runbooks/open.yaml', fragment('open', START), 0o666);
    assert.match(complaintAbout('open.yaml'), /18:16 E_PERM include: "open\.yaml": every user may write this file$/);
    write('runbooks/nul.yaml', `${fragment('nul', START)}\0`);
    assert.match(complaintAbout('nul.yaml'), /18:16 E_CONTROL include: "nul\.yaml": the file is not text/);
  });

  it('cannot make a small runbook a large one', () => {
    const many = (name: string): string =>
      `fragment: ${name}\nsummary: x\nsteps:\n${'  - include: INNER\n'.repeat(200)}`;
    const names = ['a', 'b', 'c', 'd', 'e'];
    for (const [index, name] of names.entries()) {
      const inner = names[index + 1];
      write(
        `runbooks/${name}.yaml`,
        inner === undefined ? fragment(name, START) : many(name).replaceAll('INNER', `${inner}.yaml`),
      );
    }
    const started = performance.now();
    assert.match(complaintAbout('a.yaml'), /\.yaml:\d+:\d+ E_SIZE more than 500 includes$/);
    write('runbooks/e.yaml', 'fragment: e\n');
    assert.match(
      load('a.yaml')
        .diagnostics.map(({ message }) => message)
        .join(),
      /more than 500 includes/,
    );
    assert.ok(performance.now() - started < 5000);
  });
});

describe('A fragment by itself', () => {
  const told = (text: string): readonly string[] =>
    lintFragment({ file: 'lib/one.yaml', text }, actions, () => assert.fail()).diagnostics.map(
      ({ at, code, message }) => `${at.start.line}:${at.start.column} ${code} ${message}`,
    );

  it('is one because it says so', () => {
    assert.equal(isFragment({ file: 'one.yaml', text: fragment('one', START) }), true);
    assert.equal(isFragment({ file: 'base.yaml', text: changed('', '') }), false);
    assert.equal(isFragment({ file: 'x.yaml', text: '[' }), false);
  });

  it('is right as far as it says nothing that only an include can know', () => {
    assert.deepEqual(told(fragment('one', `{ when: 'findings.any.present && item.x > index', ${START} }`)), []);
    assert.deepEqual(told(fragment('one', '{ id: a, service_status: { name: a } }')), []);
    assert.deepEqual(
      told(
        fragment(
          'one',
          '{ shell: "true", undo: [{ when: "result.code == 0", service: { name: a, state: started } }] }',
        ),
      ),
      [],
    );
    assert.deepEqual(
      told(
        fragment(
          'one',
          '{ log_search: { sources: ["journal:a"], since: fix, patterns: { a: abcdef } }, expect: result.counts.a == 0 }',
        ),
      ),
      [],
    );
  });

  it('is told its own mistakes', () => {
    assert.deepEqual(told(fragment('one', `{ when: params.x, tags: [A], ${START} }`)), [
      '4:20 E_FIELD params has no field x',
      '4:30 E_TAG "A" cannot be a tag',
    ]);
    assert.deepEqual(told(fragment('two', '{ shell: "true" }')), [
      '1:11 E_NAME the fragment is called two, its file one.yaml',
      '4:5 E_NO_UNDO shell must say what undoes it',
    ]);
    assert.deepEqual(told(fragment('one', `{ for: down, ${START} }`)), [
      '4:7 E_FOR a step of a fragment cannot say what it is for',
    ]);
    assert.deepEqual(told('fragment: one\nsummary: x\n'), ['1:1 E_REQUIRED the fragment needs steps']);
  });

  it('is no runbook', () => {
    const { runbook, diagnostics } = loadRunbook({ file: 'one.yaml', text: fragment('one', START) }, actions);
    assert.equal(runbook, undefined);
    assert.deepEqual(
      diagnostics.map(({ code, message }) => `${code} ${message}`),
      ['E_FRAGMENT this is a fragment, not a runbook'],
    );
  });
});
