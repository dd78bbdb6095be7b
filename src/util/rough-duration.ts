import { formatDuration } from './duration.ts';

const UNITS_MS = [86_400_000, 3_600_000, 60_000, 1000] as const;

/** In its largest unit alone, the rest cut off: `4m`, `2h`; `0s` when under a second or negative. */
export function roughDuration(milliseconds: number): string {
  const unit = UNITS_MS.find((size) => milliseconds >= size);
  return unit === undefined ? '0s' : formatDuration(milliseconds - (milliseconds % unit));
}
