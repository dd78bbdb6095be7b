import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseYaml } from '../../src/load/yaml.ts';
import type { Json } from '../../src/util/json.ts';
import { yamlText } from '../../src/util/yaml-text.ts';

describe('yamlText', () => {
  it('writes texts of several lines as they are, and all else on one line', () => {
    const value = {
      host: 'web01',
      groups: ['web', 'eu west', 'a: b'],
      none: [],
      facts: { cpus: 2, uid: '0', on: true },
      said: [{ at: '5ms', stdout: 'one\n  two\n' }, { stdout: '  three\nfour' }, 'five\nsix\n\n'],
    };
    const text = [
      ...['host: web01', 'groups: [web, "eu west", "a: b"]', 'none: []', 'facts:', '  cpus: 2', '  uid: "0"'],
      ...['  "on": true', 'said:', '  - at: 5ms', '    stdout: |', '      one', '        two'],
      ...['  - stdout: |2-', '        three', '      four', '  - |+', '    five', '    six', '', ''],
    ].join('\n');
    assert.equal(yamlText(value), text);
    assert.deepEqual(readBack(value), value);
  });

  it('is read back to the same value, whatever is in it', () => {
    const text = fc.oneof(
      fc.string({
        unit: fc.constantFrom(...Array.from(' \n\t\r:#-|>"\'&*!%@`{}[],?\\a0é\u0000\u0085\u200b\u2028\ufeff😀')),
      }),
      fc.constantFrom('true', 'null', '~', '0x1', '1e3', '.inf', '---', '...', '<<', '=', 'no', '2026-01-01'),
      fc.string({ unit: 'binary', maxLength: 20 }),
    );
    const leaf = fc.oneof(text, fc.integer(), fc.boolean());
    const { value } = fc.letrec<{ value: Json }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        leaf,
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(fc.stringMatching(/^[a-z][a-z0-9_ :#]{0,8}$/), tie('value'), {
          maxKeys: 4,
          noNullPrototype: true,
        }),
      ),
    }));
    const file = fc.dictionary(fc.constantFrom('a', 'b', 'no', '1'), value, {
      minKeys: 1,
      maxKeys: 3,
      noNullPrototype: true,
    });
    fc.assert(
      fc.property(file, (written) => {
        assert.deepEqual(readBack(written), { ...written });
      }),
      { numRuns: 500 },
    );
  });
});

function readBack(value: Json): unknown {
  const { value: read, diagnostics } = parseYaml({ file: 'x.yaml', text: yamlText(value) });
  assert.deepEqual(diagnostics, [], yamlText(value));
  return read;
}
