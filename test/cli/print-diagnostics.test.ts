import assert from 'node:assert/strict';
import fc from 'fast-check';
import { diagnosticAsJson, renderDiagnostics } from '../../src/cli/print-diagnostics.ts';
import type { Diagnostic, Position, SourceFile } from '../../src/model/source.ts';
import { widthOf } from '../../src/util/printable.ts';
import { COLOURED, PLAIN } from '../../src/util/style.ts';

const PLAIN_80 = { style: PLAIN, columns: 80 };

describe('the diagnostics printer', () => {
  it('shows place, code, message, three lines, a caret under the range, and the hint', () => {
    const source = { file: 'disk.yaml', text: 'runbook: disk\nsumary: full\nhosts: all\n' };
    assert.equal(
      renderDiagnostics([at(source, 'sumary', { hint: 'did you mean summary?' })], [source], PLAIN_80),
      [
        'disk.yaml:2:1: error E_TEST: something is wrong',
        '  1 | runbook: disk',
        '  2 | sumary: full',
        '    | ^^^^^^',
        '  3 | hosts: all',
        '  hint: did you mean summary?',
        '',
      ].join('\n'),
    );
  });

  it('leaves out lines that are not there and blank neighbours', () => {
    const source = { file: 'a.yaml', text: 'a: 1\n\n' };
    assert.equal(
      renderDiagnostics([at(source, '1')], [source], PLAIN_80),
      'a.yaml:1:4: error E_TEST: something is wrong\n  1 | a: 1\n    |    ^\n',
    );
  });

  it('shows the message alone when the file could not be read', () => {
    const source = { file: 'a.yaml', text: '' };
    assert.equal(renderDiagnostics([at(source, '')], [], PLAIN_80), 'a.yaml:1:1: error E_TEST: something is wrong\n');
  });

  it('shows control and bidi characters instead of sending them', () => {
    const source = { file: 'a\u001b[31m.yaml', text: 'name: "\u202egpj\u001b[2J" # x' };
    const shown = renderDiagnostics([at(source, '# x', { message: 'bad \u0007' })], [source], PLAIN_80);
    assert.match(shown, /^a\\x1b\[31m\.yaml:1:/);
    assert.match(shown, /1 \| name: "\\u202egpj\\x1b\[2J" # x\n {4}\| {26}\^\^\^\n/);
    assert.match(shown, /bad \\x07/);
  });

  it('keeps the caret under wide characters, combining marks and tabs', () => {
    const source = { file: 'a.yaml', text: 'k:\t"漢字e\u0301" wrong' };
    const [, line = '', caret = ''] = renderDiagnostics([at(source, 'wrong')], [source], PLAIN_80).split('\n');
    assert.equal(caret.indexOf('^'), widthOf(line.slice(0, line.indexOf('wrong'))));
  });

  it('cuts a long line around the range', () => {
    const source = { file: 'a.yaml', text: `${'a'.repeat(5000)}WRONG${'b'.repeat(5000)}` };
    const [, line = '', caret = ''] = renderDiagnostics([at(source, 'WRONG')], [source], PLAIN_80).split('\n');
    assert.ok(widthOf(line) <= 80);
    assert.equal(caret.indexOf('^'), line.indexOf('WRONG'));
    assert.equal(caret.trim().replace('| ', '').trim(), '^^^^^');
  });

  it('shows at most twenty and counts the rest', () => {
    const source = { file: 'a.yaml', text: 'a: 1' };
    const shown = renderDiagnostics(Array(23).fill(at(source, 'a')), [source], PLAIN_80);
    assert.equal(shown.match(/error E_TEST/g)?.length, 20);
    assert.match(shown, /\.\.\. and 3 more: correct these first\n$/);
  });

  it('colours only the frame, so that text without colours is the same', () => {
    const source = { file: 'a.yaml', text: 'a: 1\nb: 2' };
    const coloured = renderDiagnostics([at(source, 'b', { hint: 'h' })], [source], { style: COLOURED, columns: 80 });
    assert.match(coloured, /\u001b\[31m\^/);
    assert.equal(
      coloured.replaceAll(/\u001b\[\d+m/g, ''),
      renderDiagnostics([at(source, 'b', { hint: 'h' })], [source], PLAIN_80),
    );
  });

  it('never shows more than 200 columns, and always a caret on a line of its own, for any text and any range', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 600 }),
        fc.nat(600),
        fc.nat(50),
        fc.nat(250),
        (text, from, length, columns) => {
          const source = { file: 'f', text };
          const start = positionAt(text, Math.min(from, text.length));
          const end = positionAt(text, Math.min(from + length, text.length));
          const diagnostic = { ...at(source, ''), at: { file: 'f', start, end } };
          const lines = renderDiagnostics([diagnostic], [source], { style: PLAIN, columns: columns + 40 }).split('\n');
          for (const line of lines) assert.ok(widthOf(line) <= 200, line);
          if (text !== '')
            assert.equal(lines.filter((line) => /^ +\| +\^+$/.test(line) || /^ +\| \^+$/.test(line)).length >= 1, true);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('gives one line of JSON with the place', () => {
    const source = { file: 'a.yaml', text: 'a: 1\nb: 2' };
    assert.deepEqual(JSON.parse(diagnosticAsJson(at(source, 'b', { hint: 'h' }))), {
      file: 'a.yaml',
      line: 2,
      column: 1,
      endLine: 2,
      endColumn: 2,
      severity: 'error',
      code: 'E_TEST',
      message: 'something is wrong',
      hint: 'h',
    });
  });
});

function at(source: SourceFile, word: string, more: Partial<Diagnostic> = {}): Diagnostic {
  const offset = source.text.indexOf(word);
  const start = positionAt(source.text, offset);
  const end = positionAt(source.text, offset + word.length);
  return {
    severity: 'error',
    code: 'E_TEST',
    message: 'something is wrong',
    at: { file: source.file, start, end },
    ...more,
  };
}

function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, offset).split(/\r\n|\r|\n/);
  return { line: before.length, column: (before.at(-1) ?? '').length + 1, offset };
}
