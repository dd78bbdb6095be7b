import type { Files } from './files.ts';

/**
 * The files of a list of known_hosts files, which `ssh -G` prints without their quotes: one with a blank in its name looks like two,
 * the second a relative path. What is there tells them apart; where it does not, `beyond` gets a clause, for only `ssh` knows.
 */
export function knownHostsFiles(
  value: string,
  pathOf: (text: string) => readonly string[],
  files: Files,
  beyond: string[],
): readonly string[] {
  const isThere = (text: string): boolean => pathOf(text).some((path) => files.has(path));
  return value.split(/ (?=[/~$%])/).flatMap((text) => {
    if (text === '' || text.toLowerCase() === 'none') return [];
    const [, ...others] = text.split(' ');
    if (others.length > 0 && (!isThere(text) || others.some(isThere)))
      beyond.push(`only ssh knows whether "${text}" is one known_hosts file or several`);
    return pathOf(text);
  });
}
