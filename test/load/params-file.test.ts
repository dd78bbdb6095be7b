import assert from 'node:assert/strict';
import { loadParamsFile } from '../../src/load/params-file.ts';
import { SecretName } from '../../src/model/scalar-literal.ts';

describe('loadParamsFile', () => {
  it('reads names and values with their places', () => {
    const { params, diagnostics } = loadParamsFile({
      file: 'p.yaml',
      text: 'limit: 5%\nnames: [a, b]\ntoken: !secret api\n',
    });
    assert.deepEqual(diagnostics, []);
    assert.deepEqual(
      params?.map(({ name, value, at }) => [name, value, at.start.line]),
      [
        ['limit', '5%', 1],
        ['names', ['a', 'b'], 2],
        ['token', new SecretName('api'), 3],
      ],
    );
  });

  it('reads JSON', () => {
    assert.deepEqual(
      loadParamsFile({ file: 'p.json', text: '{"a": 1, "b": "x"}' }).params?.map(({ value }) => value),
      [1, 'x'],
    );
  });

  const wrong: readonly (readonly [title: string, text: string, diagnostics: readonly string[]])[] = [
    ['an empty file', '# nothing\n', ['1:1 E_EMPTY']],
    ['a list', '- a\n', ['1:1 E_TYPE']],
    ['an empty value', 'a:\n', ['1:1 E_NULL']],
    ['a name twice', 'a: 1\na: 2\n', ['2:1 E_DUPKEY']],
    ['a tag that is not ours', 'a: !vault x\n', ['1:4 E_TAG']],
  ];
  for (const [title, text, expected] of wrong) {
    it(`refuses ${title}`, () => {
      const { params, diagnostics } = loadParamsFile({ file: 'p.yaml', text });
      assert.equal(params, undefined);
      assert.deepEqual(
        diagnostics.map(({ code, at }) => `${at.start.line}:${at.start.column} ${code}`),
        expected,
      );
    });
  }
});
