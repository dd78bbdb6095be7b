import type { Answer, Interpretation } from '../../model/action.ts';
import { failed } from './failure.ts';

// A command that could not start is another failure than a command that failed, so our own complaints have their own words and code.
const REFUSAL = 'runbook: cannot ';
const CODE = 126;

/** POSIX sh: `refuse FORMAT [WORD]` ends the script, because what it is about cannot start; the words follow "cannot ". */
export const REFUSE_SH = `
refuse() { printf "${REFUSAL}$1\\n" "$2" >&2; exit ${CODE}; }
`;

/** After `REFUSE_SH`: goes to `$runbook_cwd`, if there is one. */
export const ENTER_SH = `
if [ -n "\${runbook_cwd-}" ]; then
  cd "$runbook_cwd" 2>/dev/null || refuse 'enter %s' "$runbook_cwd"
fi
`;

/** What a refusal of our own means for the step, whatever `expect` wants. */
export function refusalIn({ code, stderr }: Answer): Extract<Interpretation<never>, { status: 'failed' }> | undefined {
  const complaint = stderr.text.trimEnd();
  if (code !== CODE || !complaint.startsWith(REFUSAL)) return undefined;
  return failed('cannot-start', complaint.slice('runbook: '.length));
}
