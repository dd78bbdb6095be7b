import type { FileDifference, UndoStep } from '../../model/action.ts';
import { sha256 } from '../../util/sha256.ts';
import type { SeenFile } from './file-seen.ts';

/** One change of one file, composed from what a look saw. */
export interface FileOperation {
  /** What `fileChangeScript` reads as `fileN_...`. */
  readonly variables: Readonly<Record<string, string>> & { readonly kind: string; readonly path: string };
  readonly difference: FileDifference;
  readonly undo: UndoStep;
}

interface Place {
  /** Where the original is kept; empty when there is none to keep. */
  readonly kept: string;
  /** The hidden folder beside the file in which the new one is made ready; empty when none is needed. */
  readonly temp: string;
}

/** States as `FILE_PUT_BACK_SH` has them. */
export interface Transition {
  readonly before: string;
  readonly after: string;
}

export function operation(
  kind: 'write' | 'metadata' | 'remove' | 'directory' | 'link',
  file: SeenFile,
  { before, after }: Transition,
  { kept, temp }: Place,
  details: Readonly<Record<string, string>>,
  difference: FileDifference,
): FileOperation {
  const { path } = file;
  const undo = { path, before, after, ...(kept !== '' && { kept }), ...(temp !== '' && { temp }) };
  return {
    variables: { kind, path, seen: seenState(file), before, after, kept, temp, ...details },
    difference,
    undo: { action: 'file_restore', params: undo },
  };
}

/** The same world gives the same names, so that a plan shows the very script that a run sends. */
export function placeOf(
  file: SeenFile,
  { before, after }: Transition,
): { readonly kept: string; readonly temp: string } {
  const id = sha256(JSON.stringify([file.path, seenState(file), before, after])).slice(0, 32);
  return { kept: `${file.store}/${id}/${file.name}`, temp: `.runbook-${id}~` };
}

/** As `as_seen` of the script has it. */
function seenState({ found }: SeenFile): string {
  switch (found.kind) {
    case 'absent':
    case 'nowhere':
      return 'absent';
    case 'file': {
      const { inode, mode, uid, gid, size } = found.metadata;
      return `file ${inode} ${mode} ${uid} ${gid} ${size}`;
    }
    case 'directory': {
      const { inode, mode, uid, gid } = found.metadata;
      return `directory ${inode} ${mode} ${uid} ${gid}`;
    }
    case 'link':
      return `link ${found.metadata.inode} ${found.target}`;
  }
}
