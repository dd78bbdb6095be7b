import type { ErrorInfo } from '../model/error.ts';
import type { Runbook, Step } from '../model/runbook.ts';
import { err, ok, type Result } from '../util/result.ts';
import { shorten } from '../util/shorten.ts';
import { suggest } from '../util/suggest.ts';

/** What `--tags` and `--skip-tags` say; nothing leaves no step out. */
export interface TagChoice {
  readonly tags?: readonly string[] | undefined;
  readonly skipTags?: readonly string[] | undefined;
}

/** Pure: the runbook with the fix steps that are left out marked as such. A tag that no fix step has is an error. */
export function chooseSteps(runbook: Runbook, { tags, skipTags }: TagChoice): Result<Runbook, ErrorInfo> {
  const known = new Set(runbook.fix.flatMap((step) => step.tags));
  const unknown = [...(tags ?? []), ...(skipTags ?? [])].find((tag) => !known.has(tag));
  if (unknown !== undefined) return err(unknownTag(runbook, unknown, [...known]));
  const fix = runbook.fix.map((step) => {
    const by = whyLeftOut(step, tags, skipTags);
    return by === undefined ? step : leaveOut(step, by);
  });
  return ok({ ...runbook, fix });
}

function whyLeftOut(
  step: Step,
  wanted: readonly string[] | undefined,
  unwanted: readonly string[] = [],
): string | undefined {
  if (wanted !== undefined && !wanted.some((tag) => step.tags.includes(tag))) return `--tags ${wanted.join(',')}`;
  return unwanted.some((tag) => step.tags.includes(tag)) ? `--skip-tags ${unwanted.join(',')}` : undefined;
}

/** It serves no finding any more: what nothing else serves is not repaired. It needs no other host, and neither does its undo. */
function leaveOut({ once: _once, ...step }: Step, by: string): Step {
  const undo = step.undo.kind === 'steps' ? { ...step.undo, steps: step.undo.steps.map(atHome) } : step.undo;
  return { ...atHome(step), undo, for: [], retest: false, leftOut: { by, for: step.for } };
}

function atHome({ delegate: _delegate, ...step }: Step): Step {
  return step;
}

function unknownTag({ name }: Runbook, tag: string, known: readonly string[]): ErrorInfo {
  const near = suggest(tag, known);
  const hint = known.length === 0 ? 'its fix steps have no tags' : `its fix steps have ${known.join(', ')}`;
  return {
    code: 'usage',
    message: `no fix step of ${name} has the tag ${JSON.stringify(shorten(tag))}`,
    hint: near === undefined ? hint : `did you mean ${near}?`,
  };
}
