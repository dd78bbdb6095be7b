import { err, ok, type Result } from '../../util/result.ts';
import type { Mount } from './mount-table.ts';
import { excerpt } from './sections.ts';

/** The numbers of one file system, in KiB or in inodes. */
export interface DfRow {
  readonly mount: Mount;
  readonly total: number;
  readonly used: number;
  /** To users; 0 when root has used its reserve. */
  readonly available: number;
}

const HEADER =
  /^Filesystem +(?:1024-blocks|1K-blocks|Inodes) +I?Used +(?:I?Free|Available) +(?:I?Use%|Capacity) +Mounted on$/;
// Anchored at the end, in front of a mount that is known: no name of a device can stand in for the numbers.
const NUMBERS = / (\d+|-) +(\d+|-) +(-?\d+|-) +(?:\d+%|-)$/;

/**
 * Reads `df -P -k PATH` or `df -P -i PATH`: one header, one row. Its mount must be one of `known`, of which df may show control
 * characters as `?`; the longest that fits is taken. A dash, for what is not counted, is 0.
 */
export function readDfRow(lines: readonly string[], known: readonly Mount[]): Result<DfRow, string> {
  const header = lines.findIndex((line) => HEADER.test(line));
  if (header < 0) return err(`not the header of df: ${excerpt(lines[0] ?? '')}`);
  const row = lines.slice(header + 1).join('\n');
  const mount = known
    .filter(({ mount }) => endsWithMount(row, mount))
    .toSorted((a, b) => b.mount.length - a.mount.length)[0];
  if (mount === undefined) return err(`no known mount in: ${excerpt(row)}`);
  const [, total, used, available] = NUMBERS.exec(row.slice(0, row.length - mount.mount.length).trimEnd()) ?? [];
  if (total === undefined || used === undefined || available === undefined)
    return err(`not a row of df: ${excerpt(row)}`);
  return ok({ mount, total: count(total), used: count(used), available: Math.max(0, count(available)) });
}

function endsWithMount(row: string, mount: string): boolean {
  return row.endsWith(` ${mount}`) || row.endsWith(` ${mount.replace(/\p{Cc}/gu, '?')}`);
}

function count(text: string): number {
  return text === '-' ? 0 : Number(text);
}
