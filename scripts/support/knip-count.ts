import type { ReporterOptions } from 'knip';

/** A reporter for knip, which does not say by itself how many files it looked at. */
export default function printCount({ counters }: ReporterOptions): void {
  console.log(`knip looked at ${counters.total} files`);
}
