import { defineAction } from '../model/action.ts';
import { clockReading, clockScript, NOW_SCRIPT, readNow, type ClockSample } from './support/clock-reading.ts';
import { bestSample, offsetOf } from './support/clock-offset.ts';
import { CLOCK_OUTPUT } from './support/clock-fields.ts';
import { failed } from './support/failure.ts';

const SAMPLES = 4;

export const action = defineAction({
  name: 'clock',
  summary: 'Reads how far the clock of a host is off, and whether a time service keeps it.',
  notes: `
\`offset\` is the clock of the host minus that of this controller, corrected by half the round trip; of several readings the one with the
shortest round trip counts. \`uncertainty\` is how far that may be wrong. It is half a second more where the host's tools tell whole seconds
only. It says nothing of which of the two clocks is right: \`synchronised\` and \`correction\` are what the host itself says.

Time services that are known: chrony, systemd-timesyncd, ntpd (ntp.org, NTPsec, BusyBox) and OpenNTPD. The one that runs is told, else
one that is installed. Sources are told by chronyc and ntpq; systemd-timesyncd has one, and OpenNTPD is asked by ntpctl.
`.trim(),
  effect: 'reads',
  risk: 'none',
  idempotent: true,
  params: {},
  output: CLOCK_OUTPUT,
  examples: [{ title: 'Is the clock right?', params: {} }],
  work: {
    kind: 'probe',
    summary: () => 'compare the clock with that of the controller',
    async probe(_params, context) {
      const service = clockReading(await context.read(clockScript()), context.host.init);
      if (!service.ok) return failed(service.error.reason, service.error.message);
      const samples: ClockSample[] = [];
      for (let taken = 0; taken < SAMPLES; taken++) {
        const sent = Date.now();
        const started = performance.now();
        const now = readNow(await context.read(NOW_SCRIPT));
        if (!now.ok) return failed(now.error.reason, now.error.message);
        samples.push({ ...now.value, sent, roundTripMs: performance.now() - started });
      }
      return { status: 'ok', output: { ...service.value.output, ...offsetOf(bestSample(samples), service.value.rtc) } };
    },
  },
});
