/** Without what breaks lines and quotes: a part that stays readable is found however it is laid out. */
const bare = (text: string): string => text.replaceAll(/[\s"'\\\0]/g, '');

interface Tolerance {
  /** Fewer signs say nothing. Default: 10. */
  readonly window?: number;
  /** So many signs at each end of what was printed may be left. */
  readonly edge?: number;
}

/**
 * The first part of what was printed of a value that is left in a text: as many signs as the window, all when it is shorter. Undefined
 * when nothing is.
 */
export function leftOf(printed: string, masked: string, { window = 10, edge = 0 }: Tolerance = {}): string | undefined {
  const [needle, hay] = [bare(printed), bare(masked)];
  if (needle.length <= window) return needle !== '' && hay.includes(needle) ? needle : undefined;
  for (let at = edge; at + window <= needle.length - edge; at++) {
    const part = needle.slice(at, at + window);
    if (!part.includes('********') && hay.includes(part)) return part;
  }
  return undefined;
}
