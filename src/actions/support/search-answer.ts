import type { Answer } from '../../model/action.ts';
import { err, ok, type Result } from '../../util/result.ts';
import { failed, unexpectedOutput, type Failure } from './failure.ts';
import { unreadPlace } from './unread-place.ts';
import type { Mount } from './mount-table.ts';
import { readSections, type Sections } from './sections.ts';
import { seenMounts } from './seen-mounts.ts';

export interface SearchAnswer {
  readonly sections: Sections;
  readonly mounts: readonly Mount[];
  /** A folder below could not be read, so there may be more. */
  readonly isPartial: boolean;
}

/** What a script that searches folders printed, or why it could not look at all. */
export function readSearchAnswer(answer: Answer): Result<SearchAnswer, Failure> {
  if (answer.code === 69) return err(failed('cannot-check', answer.stderr.text.trim()));
  const sections = readSections(answer.stdout.text);
  if (!sections.ok) return err(unexpectedOutput(sections.error, answer));
  const mounts = seenMounts(sections.value, answer);
  if (!mounts.ok) return mounts;
  const unread = unreadPlace(answer.stderr.text);
  if (unread?.whole === true) return err(failed('cannot-check', unread.complaint));
  return ok({ sections: sections.value, mounts: mounts.value, isPartial: unread !== undefined });
}
