const MOST_SHOWN = 8;

/** `web01 web02 web03 and 17 more`. */
export function foldNames(names: readonly string[]): string {
  const rest = names.length - MOST_SHOWN;
  return rest > 1 ? `${names.slice(0, MOST_SHOWN).join(' ')} and ${rest} more` : names.join(' ');
}
