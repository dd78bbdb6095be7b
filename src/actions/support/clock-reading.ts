import type { HostFacts } from '../../model/host.ts';
import type { StepReason } from '../../model/result.ts';
import type { CommandResult, Script } from '../../model/script.ts';
import { err, ok, type Result } from '../../util/result.ts';
import type { TimeService } from './clock-fields.ts';
import { readSections, SECTIONS, type Sections } from './sections.ts';
import { readTimeService, TIME_SERVICE_SH } from './time-service.ts';

/** One reading of the host's clock. Times are milliseconds, since 1970 where they are no lengths. */
export interface ClockSample {
  readonly hostMs: number;
  /** The host has no tool that tells parts of a second: the middle of the second is given. */
  readonly wholeSeconds: boolean;
  readonly uptimeMs: number;
  /** When it was asked, by the clock of the controller. */
  readonly sent: number;
  readonly roundTripMs: number;
}

/** Whole seconds since 1970 of the hardware clock, and of the host's at the same moment. */
export interface HardwareClock {
  readonly seconds: number;
  readonly hostSeconds: number;
}

interface CannotLook {
  readonly reason: StepReason;
  readonly message: string;
}

/** The time and the uptime, as close to each other as two commands can be. */
export const NOW_SCRIPT: Script = {
  summary: 'read the clock',
  text: `
now=$(date +%s.%N)
case $now in
  *.[0-9]*) ;;
  *) now=$(perl -MTime::HiRes=time -e 'printf "%.6f", time' 2>/dev/null) || now=$(date +%s) ;;
esac
read -r up rest </proc/uptime || exit
echo "$now $up"
`,
};

/** Reads what `NOW_SCRIPT` printed. */
export function readNow(answer: CommandResult): Result<Omit<ClockSample, 'sent' | 'roundTripMs'>, CannotLook> {
  const cut = unfinished(answer);
  if (cut !== undefined) return err(cut);
  const [, seconds, part, uptime] = /^(\d+)(\.\d+)? (\d+\.\d+)\n$/.exec(answer.stdout.text) ?? [];
  if (seconds === undefined)
    return err({ reason: 'cannot-check', message: 'the host does not tell the time: is /proc mounted?' });
  const wholeSeconds = part === undefined;
  const hostMs = Number(seconds) * 1000 + (wholeSeconds ? 500 : Number(part) * 1000);
  return ok({ hostMs, wholeSeconds, uptimeMs: Number(uptime) * 1000 });
}

/** Asks the time service and the hardware clock. */
export function clockScript(): Script {
  return {
    summary: 'ask the time service and the hardware clock',
    text: `${SECTIONS}${TIME_SERVICE_SH}
hardware_clock() {
  read -r seconds </sys/class/rtc/rtc0/since_epoch || return
  echo "$seconds $(date +%s)"
  sed -n 3p /etc/adjtime
}
section hardware hardware_clock 2>/dev/null
sections_end
`,
  };
}

export function clockReading(
  answer: CommandResult,
  init: HostFacts['init'],
): Result<{ readonly output: TimeService; readonly rtc: HardwareClock | undefined }, CannotLook> {
  const cut = unfinished(answer);
  if (cut !== undefined) return err(cut);
  const sections = readSections(answer.stdout.text);
  if (!sections.ok) return err({ reason: 'output', message: sections.error });
  return ok({ output: readTimeService(sections.value, init), rtc: readHardwareClock(sections.value) });
}

/** One that is kept in local time tells no offset: what is local on the host is not known here. */
function readHardwareClock(sections: Sections): HardwareClock | undefined {
  const [times = '', scale = ''] = sections.get('hardware')?.lines ?? [];
  const [, seconds, hostSeconds] = /^(\d+) (\d+)$/.exec(times) ?? [];
  if (seconds === undefined || scale === 'LOCAL') return undefined;
  return { seconds: Number(seconds), hostSeconds: Number(hostSeconds) };
}

function unfinished({ end }: CommandResult): CannotLook | undefined {
  if (end.how === 'exit') return undefined;
  return {
    reason: end.how === 'not-started' ? 'cannot-start' : end.how,
    message: `reading the clock ended by ${end.how}`,
  };
}
