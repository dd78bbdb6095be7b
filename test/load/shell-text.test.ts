import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import type { ShellText } from '../../src/model/type.ts';
import { changed, lintCodes, loaded } from '../support/base-runbook.ts';
import { okResult, scopeWith } from '../support/scope.ts';

const SPAN = '${{ svc.unit }}';

/** The base runbook with a verify step that runs this shell text. */
function withShell(text: string): string {
  const lines = text.split('\n').map((line) => `        ${line}`);
  return changed(
    /verify:\n[\s\S]*/,
    `verify:\n  - effect: reads\n    expect: result.code == 0\n    shell: |\n${lines.join('\n')}\n`,
  );
}

function shellOf(text: string, unit: string): ShellText {
  const step = loaded(withShell(text)).verify?.steps[0];
  const params = step?.params.evaluate(scopeWith({ svc: okResult({ unit }) }));
  assert.ok(params?.ok === true, JSON.stringify(params));
  return params.value['text'] as unknown as ShellText;
}

/** What the host's shell makes of it: the source as it is, the variables assigned and not exported. */
function run({ text, variables }: ShellText): string {
  const names = Object.keys(variables);
  const assign = names.map((name, index) => `${name}=$${index + 1}`).join('\n');
  const result = spawnSync('/bin/sh', ['-c', `${assign}\n${text}`, 'sh', ...Object.values(variables)], {
    encoding: 'utf8',
    env: { PATH: '/usr/bin:/bin' },
  });
  assert.equal(result.stderr, '');
  return result.stdout;
}

const HOSTILE = [
  'a b',
  '',
  '*',
  "it's",
  '"; echo HACKED; "',
  '$(echo HACKED)',
  '`echo HACKED`',
  '\\',
  '$HOME ${HOME}',
  '-n',
  '# no',
  'a\nb',
  '&& echo HACKED',
  '~',
  '%s',
  '!',
];

describe('Shell text with values in it', () => {
  it('becomes source with quoted variables, in and outside of double quotes', () => {
    const { text, variables } = shellOf(`echo ${SPAN} "is ${SPAN}"`, 'x y');
    assert.equal(text, 'echo "${rb_svc_unit}" "is ${rb_svc_unit}"\n');
    assert.deepEqual(variables, { rb_svc_unit: 'x y' });
  });

  it('keeps a name that the text uses itself apart from its own', () => {
    const { text } = shellOf(`rb_svc_unit=1; echo ${SPAN}`, 'x');
    assert.equal(text, 'rb_svc_unit=1; echo "${rb_svc_unit_2}"\n');
  });

  const places: Readonly<Record<string, string>> = {
    'a word of its own': `printf '[%s]' ${SPAN}`,
    'a part of a word': `printf '[%s]' a${SPAN}b`,
    'double quotes': `printf '[%s]' "a ${SPAN} b"`,
    'a command substitution': `printf '[%s]' "$(printf '%s.' ${SPAN})"`,
    'double quotes in a substitution in double quotes': `printf '[%s]' "a$(printf '%s.' "${SPAN}")b"`,
    'the default of an expansion': `printf '[%s]' \${UNSET:-${SPAN}}`,
    'the default of a quoted expansion': `printf '[%s]' "\${UNSET:-${SPAN}}"`,
    'an assignment': `x=${SPAN}; printf '[%s]' "$x"`,
    'a here-document': `cat <<EOF\n[${SPAN}]\nEOF`,
    'a here-document with tabs': `cat <<-EOF\n\t[${SPAN}]\n\tEOF`,
    'a case word': `case ${SPAN} in *) printf '[%s]' ${SPAN} ;; esac`,
  };
  for (const [place, text] of Object.entries(places)) {
    it(`puts a hostile value as one word into ${place}`, () => {
      const wanted = run(shellOf(text, 'plain'));
      for (const value of HOSTILE) {
        assert.equal(run(shellOf(text, value)), wanted.replaceAll('plain', value), JSON.stringify(value));
      }
    });
  }

  it('lets only an int into arithmetic', () => {
    assert.deepEqual(lintCodes(withShell('echo $((1 + ${{ svc.main_pid }}))')), []);
    assert.deepEqual(lintCodes(withShell(`echo $((1 + ${SPAN}))`)), ['25:21 E_SHELL']);
  });

  const arithmetic: Readonly<Record<string, (span: string) => string>> = {
    'double quotes': (span) => `echo $(("${span}" + 1))`,
    'the default of a variable': (span) => `echo $((\${x:-${span}} + 1))`,
    'the offset of a part': (span) => `echo \${x:${span}}`,
    'the offset of a part, behind an int': (span) => `echo "\${x:1:${span}}"`,
    'an index': (span) => `echo \${x[${span}]}`,
  };
  for (const [place, text] of Object.entries(arithmetic)) {
    it(`lets only an int into arithmetic in ${place}, which bash evaluates there as well`, () => {
      assert.deepEqual(lintCodes(withShell(text('${{ svc.main_pid }}'))), []);
      const [code, ...more] = lintCodes(withShell(text(SPAN)));
      assert.match(code ?? '', / E_SHELL$/);
      assert.deepEqual(more, []);
    });
  }

  it('lets any value into a substitution in arithmetic, and into the default of a variable', () => {
    assert.deepEqual(lintCodes(withShell(`echo $(($(printf %s ${SPAN} | wc -c) + 1)) \${x:-${SPAN}}`)), []);
  });

  const refused: Readonly<Record<string, string>> = {
    "the old brackets of bash's arithmetic": `echo $[ ${SPAN} ]`,
    'single quotes': `echo '${SPAN}'`,
    'a comment': `echo # ${SPAN}`,
    'a quoted here-document': `cat <<'EOF'\n${SPAN}\nEOF`,
    'the delimiter of a here-document': `cat <<${SPAN}`,
    backquotes: `echo \`echo ${SPAN}\``,
    'the place behind a backslash': `echo \\${SPAN}`,
    'the name of a variable': `echo \${${SPAN}}`,
    'a case inside a substitution': `echo "$(case a in a) echo ${SPAN} ;; esac)"`,
    'a substitution in a here-document': `cat <<EOF\n$(echo ${SPAN})\nEOF`,
  };
  for (const [place, text] of Object.entries(refused)) {
    it(`refuses a value in ${place}`, () => {
      const codes = lintCodes(withShell(text)).map((code) => code.split(' ')[1]);
      assert.ok(codes[0] === 'E_SHELL' || codes[0] === 'E_SHELL_SYNTAX', codes.join());
    });
  }

  it('points at the place inside a block', () => {
    assert.deepEqual(lintCodes(withShell(`echo a\n  echo '${SPAN}'`)), ['26:17 E_SHELL']);
    assert.deepEqual(lintCodes(withShell('echo a\necho "b')), ['26:14 E_SHELL_SYNTAX']);
  });

  it('warns when a second shell would read a value as source', () => {
    assert.deepEqual(lintCodes(withShell(`sh -c "echo ${SPAN}"`)), ['25:9 W_SHELL_CODE']);
    assert.deepEqual(lintCodes(withShell(`eval echo ${SPAN}`)), ['25:9 W_SHELL_CODE']);
  });

  const NOISE = [
    ": 'single \" # `'",
    ': "double \' # "',
    ': \\\' \\"',
    '# it\'s "a" comment `',
    ': "$(echo ")")"',
    ": $(echo ')')",
    ": ${UNSET:-'}'}",
    ': "${UNSET:-a}"',
    ': `echo hi`',
    "cat >/dev/null <<'E'\nit's \"unbalanced $( `\nE",
    'cat >/dev/null <<E\nit\'s "unbalanced\nE',
    ': $((1 + (2 * 3)))',
    ': a#b',
    '(:)',
    '{ :; }',
    'for i in 1 2; do :; done',
    'case x in y) : ;; (x) : ;; esac',
    ': "a\\"b"',
    ": 'a'\\''b'",
    ': "$(: "$(: \'"\')")"',
    ': $(: # comment )\n)',
    'cat >/dev/null <<A <<B\n\' A\nA\n" B\nB',
    ': ${#UNSET} $# $?',
  ];

  it('is followed right through any other shell source before it', () => {
    const probe = fc.constantFrom(
      `printf '[%s]' ${SPAN}`,
      `printf '[%s]' "${SPAN}"`,
      `printf '[%s]' "$(printf '%s.' "${SPAN}")"`,
    );
    const property = fc.property(
      fc.array(fc.constantFrom(...NOISE), { maxLength: 6 }),
      probe,
      fc.constantFrom(...HOSTILE),
      (noise, last, value) => {
        const text = [...noise, last].join('\n');
        const wanted = last.includes('%s.') ? `[${value}.]` : `[${value}]`;
        assert.equal(run(shellOf(text, value)), wanted);
      },
    );
    fc.assert(property, { numRuns: 60 });
  });
});
