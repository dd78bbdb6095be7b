import type { CommandResult, Script } from '../../model/script.ts';
import { err, ok, type Result } from '../../util/result.ts';
import { commandLine } from '../../util/command-line.ts';
import { lastLine } from './failure.ts';
import { HOST_CLOCK_SH } from './host-clock.ts';
import { excerpt } from './sections.ts';
import type { CannotLook, Waited, WaitTimes } from './wait.ts';

export interface WantedPath {
  readonly path: string;
  readonly state: 'present' | 'absent';
  readonly contains?: string;
}

const TEXT = `
look() {
  there=absent seen='it is not there'
  if [ -e "$runbook_path" ] || complaint=$(ls -dL -- "$runbook_path" 2>&1 >/dev/null); then
    there=present seen='it is there'
    if [ -n "$runbook_contains" ]; then search; fi
    return
  fi
  case $complaint in
    *': No such file or directory' | *': Not a directory') ;;
    *) printf '%s\\n' "$complaint" >&2; exit 69 ;;
  esac
}
search() {
  if [ ! -f "$runbook_path" ]; then there=other seen='it is no regular file'; return; fi
  grep -qF -e "$runbook_contains" -- "$runbook_path"
  case $? in
    0) return ;;
    1) there=other seen='it is there, without the text' ;;
    *) [ ! -e "$runbook_path" ] || exit 69; there=absent seen='it is not there' ;;
  esac
}
clock || exit 69
begun=$uptime
while look; [ "$there" != "$runbook_state" ]; do
  clock
  left=$((runbook_within - uptime + begun))
  [ "$left" -gt 0 ] || break
  if [ "$left" -gt "$runbook_every" ]; then left=$runbook_every; fi
  pause "$left"
done
clock
printf '%s %s %s\\n' "$there" "$((uptime - begun))" "$seen"
`;

/** One script that looks again and again on the host, until it is so or the time is over. */
export function waitForPathScript({ path, state, contains }: WantedPath, { withinMs, everyMs }: WaitTimes): Script {
  return {
    summary: `wait until ${commandLine([path])} is ${state}`,
    text: HOST_CLOCK_SH + TEXT,
    variables: {
      runbook_path: path,
      runbook_state: state,
      runbook_contains: contains ?? '',
      runbook_within: String(Math.ceil(withinMs / 10)),
      runbook_every: String(Math.max(1, Math.ceil(everyMs / 10))),
    },
    timeoutMs: withinMs + 10_000,
  };
}

export function readWaitForPath(answer: CommandResult, { state }: WantedPath): Result<Waited, CannotLook> {
  const { end, stdout, stderr } = answer;
  if (end.how === 'cancelled') return err({ reason: 'cancelled', message: 'it was cancelled' });
  if (end.how === 'timeout') return err({ reason: 'timeout', message: 'the host did not answer in time' });
  if (end.how !== 'exit') return err({ reason: 'cannot-check', message: `the script ended by ${end.how}` });
  if (end.code !== 0)
    return err({ reason: 'cannot-check', message: lastLine(stderr.text) || `exit code ${end.code}, without a word` });
  const [, there, hundredths, seen] = /^(present|absent|other) (\d+) (.+)\n$/.exec(stdout.text) ?? [];
  if (seen === undefined) return err({ reason: 'output', message: `unexpected output: ${excerpt(stdout.text)}` });
  return ok({ met: there === state, waitedMs: Number(hundredths) * 10, seen });
}
