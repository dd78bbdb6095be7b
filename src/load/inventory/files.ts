import type { Result } from '../../util/result.ts';
import type { FileProblem } from '../files-beside.ts';

/** What the loader asks this machine for. Paths are full, or begin at the current folder. */
export interface InventoryFiles {
  /** Links followed. `program`: a file that may be executed. Undefined: nothing is there, or nothing that can be looked at. */
  kindOf(path: string): 'file' | 'program' | 'directory' | undefined;
  /** With its links followed, for a directory. */
  realPath(directory: string): string;
  /** The names in a directory, in no order. */
  namesIn(directory: string): Result<readonly string[], FileProblem>;
  read(path: string): Result<string, FileProblem>;
  /** Runs it in its own folder, without a shell, and gives what it printed. */
  run(program: string, args: readonly string[]): Promise<Result<string, FileProblem>>;
}
