import assert from 'node:assert/strict';
import { fillValue } from '../../src/load/inventory/template.ts';
import { startCpuClock } from '../support/cpu-clock.ts';
import { inTime } from '../support/in-time.ts';

describe('fillValue', () => {
  const variables: ReadonlyMap<string, unknown> = new Map<string, unknown>([
    ['name', 'web01'],
    ['list', ['{{ name }}', 7]],
    ...Array.from({ length: 200 }, (_, index) => [`long${index}`, `{{ long${index + 1} }}`] as const),
    ...Array.from({ length: 40 }, (_, index) => [`wide${index}`, `{{wide${index + 1}}}{{wide${index + 1}}}`] as const),
    ...Array.from({ length: 40 }, (_, i) => [`many${i}`, [`{{many${i + 1}}}`, `{{many${i + 1}}}`]] as const),
    ['wide40', ''],
    ['many40', ''],
    ['half', 'x'.repeat(600_000)],
  ]);
  const fill = (value: unknown) => {
    return fillValue(value, (name) => (variables.has(name) ? { value: variables.get(name) } : undefined));
  };

  it('takes the nearest end of a name, and leaves braces that are none', () => {
    assert.deepEqual(fill('a{{name}}b{{ name }}'), { ok: true, value: 'aweb01bweb01' });
    assert.deepEqual(fill('{{ name }} }} {{ name'), { ok: true, value: 'web01 }} {{ name' });
    assert.deepEqual(fill("{{ absent | default( 'x y' ) }}"), { ok: true, value: 'x y' });
    assert.deepEqual(fill('{{ list }}'), { ok: true, value: ['web01', 7] });
  });

  const endless: readonly (readonly [title: string, text: string])[] = [
    ['variables that each name the next one', '{{ long0 }}'],
    ['variables that each name the next one twice', '{{ wide0 }}'],
    ['lists that each hold the next one twice', '{{ many0 }}'],
    ['a text that grows beyond a mebibyte', '{{ half }}{{ half }}'],
  ];
  for (const [title, text] of endless) {
    it(`ends at ${title}`, () => {
      assert.deepEqual(fill(text), {
        ok: false,
        error: 'grows too large when the variables that it names are filled in',
      });
    });
  }

  it('takes no longer for texts that lead many expressions astray', () => {
    for (const text of [
      '{{ '.repeat(300_000),
      `{{ a | default(${' '.repeat(1_000_000)}(}}`,
      `{{${' '.repeat(1_000_000)}a b}}`,
      `{{ a${' '.repeat(1_000_000)}b }}`,
    ]) {
      const spent = startCpuClock();
      fill(text);
      assert.ok(spent() < inTime(1000));
    }
  });
});
