import type { Selected } from './answers.ts';
import type { GeneratedPattern } from './generated-patterns.ts';

/**
 * Why we refuse a pattern that Ansible takes, in the words of docs/inventory.md; undefined where we do as Ansible does. Told from
 * what Ansible said and from the text alone, without our own parser.
 */
export function meantRefusal([pattern, limit]: GeneratedPattern, answer: Selected): string | undefined {
  if (answer.error !== undefined) return undefined;
  for (const text of limit === null ? [pattern] : [pattern, limit]) {
    const why = refusalOf(text, answer.warnings);
    if (why !== undefined) return why;
  }
  return answer.hosts.length === 0 ? 'an empty selection' : undefined;
}

function refusalOf(text: string, warnings: readonly string[]): string | undefined {
  const terms = termsOf(text);
  if (terms.some((term) => /^[!&]?$/.test(term))) return 'an empty term';
  if (terms.some((term) => !/^[!&]?~/.test(term) && /[[\]]/.test(term.replaceAll(/\[[^\]]*\]/g, ''))))
    return 'a bracket alone';
  if (terms.every((term) => /^[!&]/.test(term))) return 'hosts are only taken away';
  if (terms.some((term) => /^[*?]*\*[*?]*(?:\[[-\d:]*\])?$/.test(term))) return 'all that is not spelled all';
  if (warnings.some((each) => each.startsWith('Use [x:y]'))) return 'members with a dash';
  if (terms.some((term) => /^[!&]?localhost$/.test(term)))
    return 'this machine is in no inventory that does not name it';
  const unknown = warnings.flatMap(
    (each) => /^Could not match supplied host pattern, ignoring: (.*)$/s.exec(each)?.[1] ?? [],
  );
  const needed = terms.filter((term) => !/^!(?:~|.*[*?])/.test(term) && !/^!.*\[(?!-?\d+\]$|\d+:\d*\]$)/.test(term));
  const names = needed.map((term) => term.replace(/^[!&]/, ''));
  const isNamed = (name: string): boolean =>
    names.some((each) => each === name || each.replace(/\[(?:-?\d+|\d+[:-]\d*)\]$/, '') === name);
  return unknown.some(isNamed) ? 'a name that is nowhere' : undefined;
}

/** As Ansible splits; a term that it drops for being empty stays. */
function termsOf(text: string): readonly string[] {
  if (text.includes(',')) return text.split(',').map((term) => term.trim());
  if (/^[^\s:[\]]+:\d+$/.test(text) || /^[0-9a-f:]*::[0-9a-f:]*$/.test(text)) return [text];
  const units = text.trim().match(/(?:\[[^\]]*\]|[^\s:])+|:/g) ?? [];
  return units.flatMap((unit, index) => {
    if (unit !== ':') return [unit];
    return index === 0 || index === units.length - 1 || units[index + 1] === ':' ? [''] : [];
  });
}
