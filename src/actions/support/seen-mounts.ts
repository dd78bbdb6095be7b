import type { Answer } from '../../model/action.ts';
import { err, ok, type Result } from '../../util/result.ts';
import { failed, unexpectedOutput, type Failure } from './failure.ts';
import { readMountInfo, type Mount } from './mount-table.ts';
import type { Sections } from './sections.ts';

/** The section `mounts`, which is `/proc/self/mountinfo`. A host that does not show it tells nothing of where things are. */
export function seenMounts(sections: Sections, answer: Answer): Result<readonly Mount[], Failure> {
  const table = sections.get('mounts');
  if (table?.code !== 0) return err(failed('cannot-check', 'cannot read /proc/self/mountinfo'));
  const mounts = readMountInfo(table.lines);
  return mounts.ok ? ok(mounts.value) : err(unexpectedOutput(mounts.error, answer));
}
