import { levelsOf, type RawStep } from './raw-step.ts';

/** The tags of a step, and of the groups and includes around it. Only fix steps have any; that is checked with the other keys. */
export function readTags(raw: RawStep): readonly string[] {
  const tags = levelsOf(raw).flatMap(({ node, frame: { report } }) => {
    const list = node.entries.get('tags')?.value;
    if (list?.kind !== 'list') return [];
    return list.items.flatMap((item) => {
      if (item.kind !== 'scalar' || typeof item.value !== 'string') return [];
      if (/^[a-z][a-z0-9_-]{0,62}$/.test(item.text)) return [item.text];
      const message = `${JSON.stringify(item.text.slice(0, 80))} cannot be a tag`;
      report.error('E_TAG', item.at, message, 'lower-case letters, digits, _ and -, beginning with a letter');
      return [];
    });
  });
  return [...new Set(tags)];
}
