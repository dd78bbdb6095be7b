import { EXIT_ALONE, EXIT_BITS, type ExitCode } from '../model/exit-code.ts';

/** For `--help`; the documentation has the same table. */
export function exitCodeTable(): string {
  const row = ({ code, meaning }: ExitCode): string => `  ${String(code).padStart(3)}  ${meaning}`;
  return [
    'Exit codes of run and plan, added up:',
    ...EXIT_BITS.map(row),
    'These come alone:',
    ...EXIT_ALONE.map(row),
  ].join('\n');
}
