import type { Fields, Type } from '../../src/model/type.ts';

/** Texts that do harm when they become source, or an option. */
export const HOSTILE = [
  `x'; touch /tmp/harm; '`,
  '$(touch harm)',
  '`touch harm`',
  '-rf --harm',
  'two\nharmful lines',
  'größe "harm" \\',
] as const;

/** A value for every param, the optional ones too, with a hostile text wherever a text can be. */
export function hostileParams(fields: Fields): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, hostileValue(field.type)]));
}

function hostileValue(type: Type): unknown {
  switch (type.kind) {
    case 'string':
      return type.enum?.[0] ?? HOSTILE.join('');
    case 'int':
    case 'size':
      return type.kind === 'int' ? (type.minimum ?? 7) : 7;
    case 'double':
    case 'percent':
      return 7.5;
    case 'bool':
      return true;
    case 'duration':
      return '5m';
    case 'timestamp':
    case 'since':
      return '2026-11-22T00:10:00Z';
    case 'secret':
      return HOSTILE.join('');
    case 'list':
      return type.of.kind === 'string' ? [...HOSTILE] : [hostileValue(type.of)];
    case 'map':
      return Object.fromEntries(HOSTILE.map((word) => [word, hostileValue(type.of)]));
    case 'object':
      return hostileParams(type.fields);
    case 'pattern':
      return escaped(HOSTILE.join(''));
    case 'patterns':
      return Object.fromEntries(HOSTILE.map((word, index) => [`p${index}`, escaped(word)]));
    case 'shell-text':
      return {
        text: 'echo "${v0}"\n',
        variables: Object.fromEntries(HOSTILE.map((word, index) => [`v${index}`, word])),
      };
    case 'source-file':
    case 'template-file':
      return { path: HOSTILE.join(''), content: HOSTILE.join('') };
    case 'by-pattern':
      throw new Error('no param has this type');
  }
}

function escaped(word: string): string {
  return word.replace(/[\\$*+?()[\]{}|^.]/g, String.raw`\$&`);
}
