import { formatDuration } from '../../util/duration.ts';
import type { ClockOutput } from './clock-fields.ts';
import type { ClockSample, HardwareClock } from './clock-reading.ts';
import { timestampOf } from './timestamps.ts';

/** Pure: of readings, the one whose round trip was the shortest. */
export function bestSample(samples: readonly ClockSample[]): ClockSample {
  return samples.reduce((best, each) => (uncertaintyMs(each) < uncertaintyMs(best) ? each : best));
}

type Offsets = Pick<ClockOutput, 'offset' | 'uncertainty' | 'rtc_found' | 'rtc_offset' | 'clock_set'>;

/** Pure. The host is taken to have read its clock in the middle of the round trip. */
export function offsetOf(sample: ClockSample, rtc: HardwareClock | undefined): Offsets {
  const { hostMs, sent, roundTripMs, uptimeMs } = sample;
  const offset = hostMs - (sent + roundTripMs / 2);
  const hardware = rtc === undefined ? 0 : offset + (rtc.seconds - rtc.hostSeconds) * 1000;
  return {
    offset: formatDuration(offset),
    uncertainty: formatDuration(Math.ceil(uncertaintyMs(sample))),
    rtc_found: rtc !== undefined,
    rtc_offset: formatDuration(Math.round(hardware / 1000) * 1000),
    clock_set: timestampOf(Math.round((hostMs - uptimeMs) / 1000)),
  };
}

function uncertaintyMs({ roundTripMs, wholeSeconds }: ClockSample): number {
  return roundTripMs / 2 + (wholeSeconds ? 500 : 0);
}
