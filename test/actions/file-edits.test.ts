import assert from 'node:assert/strict';
import fc from 'fast-check';
import { withBlock } from '../../src/actions/support/edit-block.ts';
import { withOption, withoutOption } from '../../src/actions/support/edit-ini.ts';
import { withLine, withoutLine, type LineEdit } from '../../src/actions/support/edit-line.ts';
import { joinLines, linesOf } from '../../src/actions/support/file-lines.ts';
import { settingsOf, sysctlFile, sysctlPath } from '../../src/actions/support/sysctl-files.ts';
import type { Result } from '../../src/util/result.ts';

const value = <T>(result: Result<T, { readonly error: string }>): T =>
  result.ok ? result.value : assert.fail(result.error.error);

/** Few characters, so that lines are often alike. */
const someText = fc.string({ unit: fc.constantFrom('a', 'b', '=', '[', ']', ' ', '\n', '\r', '#', 'ö') });

describe('the lines of a file', () => {
  it('are put together as they were, whatever ends them', () => {
    fc.assert(fc.property(someText, (text) => assert.equal(joinLines(linesOf(text)), text)));
  });
});

describe('a line in a file', () => {
  const line = (text: string, edit: LineEdit): string => value(withLine(text, edit));

  it('takes the place of the last line that matches', () => {
    assert.equal(line('#a 1\na 2\nb\n', { regexp: '^#?a ', line: 'a 3' }), '#a 1\na 3\nb\n');
    assert.equal(line('a 1\nb\na 2', { regexp: '^a', line: 'a 3' }), 'a 1\nb\na 3\n');
    assert.equal(line('a\r\nb\r\n', { regexp: '^a$', line: 'c' }), 'c\r\nb\r\n');
    assert.equal(line('a 1\na 3', { regexp: '^a', line: 'a 3' }), 'a 1\na 3');
  });

  it('is inserted where it is asked for, at the end by default', () => {
    const cases: readonly [Partial<LineEdit>, string][] = [
      [{}, 'a 1\na 2\nb\nnew\n'],
      [{ insertafter: '^a' }, 'a 1\na 2\nnew\nb\n'],
      [{ insertbefore: '^a' }, 'a 1\nnew\na 2\nb\n'],
      [{ insertafter: '^nowhere' }, 'a 1\na 2\nb\nnew\n'],
      [{ insertbefore: '^nowhere' }, 'a 1\na 2\nb\nnew\n'],
      [{ insertbefore: 'BOF' }, 'new\na 1\na 2\nb\n'],
      [{ insertafter: 'EOF' }, 'a 1\na 2\nb\nnew\n'],
      [{ insertafter: '^b' }, 'a 1\na 2\nb\nnew\n'],
    ];
    for (const [edit, wanted] of cases) assert.equal(line('a 1\na 2\nb\n', { line: 'new', ...edit }), wanted);
    assert.equal(line('a\nb', { line: 'new' }), 'a\nb\nnew\n');
    assert.equal(line('a\nb', { line: 'new', insertafter: '^a' }), 'a\nnew\nb');
    assert.equal(line('', { line: 'new' }), 'new\n');
    assert.equal(line('a\r\n', { line: 'new' }), 'a\r\nnew\r\n');
  });

  it('is there once after any number of times, and nothing else is changed', () => {
    const patterns = fc.constantFrom(undefined, '^a', 'b', '^$', '=');
    fc.assert(
      fc.property(someText, patterns, patterns, (text, regexp, insertafter) => {
        const once = line(text, { line: 'new=1', regexp, insertafter });
        assert.equal(line(once, { line: 'new=1', insertafter }), once);
        assert.ok(linesOf(once).some((found) => found.text === 'new=1'));
        const without = value(withoutLine(once, { line: 'new=1' }));
        if (regexp === undefined && /(?:^|\n)$/.test(text)) assert.equal(without, text);
      }),
    );
  });

  it('is removed wherever it matches', () => {
    assert.equal(value(withoutLine('a\nb\na\r\nab', { line: 'a' })), 'b\nab');
    assert.equal(value(withoutLine('a\nb\na\r\nab', { line: '', regexp: 'a' })), 'b\n');
    assert.equal(value(withoutLine('a\nb', { line: '', regexp: 'c' })), 'a\nb');
  });
});

describe('a block in a file', () => {
  const marks = { begin: '# BEGIN', end: '# END' };
  const block = (text: string, lines: readonly string[]): string => value(withBlock(text, { ...marks, lines }));

  it('is inserted, replaced where it stands, and removed without a trace', () => {
    const first = block('a\nb', ['x', 'y']);
    assert.equal(first, 'a\nb\n# BEGIN\nx\ny\n# END\n');
    assert.equal(block(`${first}c\n`, ['z']), 'a\nb\n# BEGIN\nz\n# END\nc\n');
    assert.equal(block(`${first}c\n`, []), 'a\nb\nc\n');
    assert.equal(block(first, ['x', 'y']), first);
    assert.equal(block('a', []), 'a');
    assert.equal(block('a\r\n', ['x']), 'a\r\n# BEGIN\r\nx\r\n# END\r\n');
  });

  it('fails where its marks do not belong together', () => {
    for (const text of ['# BEGIN\nx\n', 'x\n# END\n', '# END\n# BEGIN\n'])
      assert.equal(withBlock(text, { ...marks, lines: ['y'] }).ok, false, text);
  });
});

describe('an option in a file of sections', () => {
  const edit = { section: 'b', option: 'x', value: '1', tight: false };

  it('is set in its section only, and once', () => {
    assert.equal(withOption('[a]\nx = 0\n[b]\n x=2\nx: 3\n\n[c]\n', edit), '[a]\nx = 0\n[b]\n x = 1\n\n[c]\n');
    assert.equal(withOption('[b]\nx = 0\ny = 1\n[b]\nx=1\n', edit), '[b]\ny = 1\n[b]\nx=1\n');
    assert.equal(withOption('[b]\n;x = 0\nxy = 1\n\n\n[c]\n', edit), '[b]\n;x = 0\nxy = 1\nx = 1\n\n\n[c]\n');
    assert.equal(withOption('y=1\n[b]\n', { ...edit, section: '', tight: true }), 'y=1\nx=1\n[b]\n');
    assert.equal(withOption('[a]\r\ny', edit), '[a]\r\ny\r\n\r\n[b]\r\nx = 1\r\n');
    assert.equal(withOption('', edit), '[b]\nx = 1\n');
    assert.equal(
      withOption('[ b ] # why\nx = a=1 ; no\n', { ...edit, value: 'a=1 ; no' }),
      '[ b ] # why\nx = a=1 ; no\n',
    );
  });

  it('is removed with its section when it has no name', () => {
    assert.equal(withoutOption('x=0\n[b]\nx=1\ny=1\nx=2\n', edit), 'x=0\n[b]\ny=1\n');
    assert.equal(withoutOption('x=0\n[b]\nx=1\n[c]\n', { section: 'b' }), 'x=0\n[c]\n');
    assert.equal(withoutOption('x=0\n', { section: 'b' }), 'x=0\n');
  });

  it('stays as it is when it is set again', () => {
    fc.assert(
      fc.property(someText, fc.constantFrom('', 'a', 'b'), (text, section) => {
        const set = { section, option: 'ö', value: 'a b', tight: false };
        const once = withOption(text, set);
        assert.equal(withOption(once, set), once);
        assert.equal(withoutOption(withoutOption(once, set), set), withoutOption(once, set));
      }),
    );
  });
});

describe('the files that set a kernel parameter at boot', () => {
  const file = (path: string, ...lines: readonly string[]) => ({ path, lines });

  it('count in the order of their names; of one name the first folder', () => {
    const files = [
      file('/etc/sysctl.d/50-a.conf', 'kernel.sem=1 2'),
      file('/run/sysctl.d/90-b.conf', '- kernel/sem = 3\t 4 '),
      file('/usr/lib/sysctl.d/50-a.conf', 'kernel.sem = 9'),
      file('/usr/lib/sysctl.d/10-c.conf', 'kernel.semx = 9', 'kernel.sem = 0'),
    ];
    assert.deepEqual(
      settingsOf('kernel.sem', files).map(({ path, value: set }) => `${path}: ${set}`),
      ['/usr/lib/sysctl.d/10-c.conf: 0', '/etc/sysctl.d/50-a.conf: 1 2', '/run/sysctl.d/90-b.conf: 3 4'],
    );
    const last = settingsOf('kernel.sem', [file('/etc/sysctl.conf', 'kernel.sem=7'), ...files]).at(-1);
    assert.equal(last?.path, '/etc/sysctl.conf');
  });

  it('name it with dots or slashes', () => {
    assert.equal(sysctlPath('net.ipv4.ip_forward'), '/proc/sys/net/ipv4/ip_forward');
    assert.equal(sysctlPath('net/ipv4/conf/eth0.1/forwarding'), '/proc/sys/net/ipv4/conf/eth0.1/forwarding');
    assert.equal(sysctlPath('net.ipv4.conf.eth0/1.forwarding'), '/proc/sys/net/ipv4/conf/eth0.1/forwarding');
    assert.equal(sysctlFile('kernel/sem'), '/etc/sysctl.d/60-runbook-kernel-sem.conf');
  });
});
