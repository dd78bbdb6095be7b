import type { Fields, ValuesOf } from '../../model/type.ts';

export const CLOCK_OUTPUT = {
  service: {
    type: { kind: 'string' },
    description: 'The time service: `chrony`, `systemd-timesyncd`, `ntpd` or `openntpd`; empty when none is installed.',
  },
  unit: { type: { kind: 'string' }, description: 'Its unit or init script; empty when it has none.' },
  running: { type: { kind: 'bool' }, description: 'It runs.' },
  synchronised: { type: { kind: 'bool' }, description: 'It runs, and says that it follows a source.' },
  sources: { type: { kind: 'int' }, description: 'Sources of time that it knows.' },
  reachable_sources: { type: { kind: 'int' }, description: 'Those that answered one of its last eight questions.' },
  correction: {
    type: { kind: 'duration' },
    description: 'By how much the service itself says that the host is ahead of its sources; 0 when it does not tell.',
  },
  offset: { type: { kind: 'duration' }, description: 'Host minus controller: positive when the host is ahead.' },
  uncertainty: { type: { kind: 'duration' }, description: 'The offset may be wrong by so much.' },
  rtc_found: { type: { kind: 'bool' }, description: 'The host has a hardware clock that can be read.' },
  rtc_offset: {
    type: { kind: 'duration' },
    description: 'The hardware clock minus the controller, to the second; 0 without one.',
  },
  clock_set: {
    type: { kind: 'timestamp' },
    description:
      'When the host started, by its clock as it is now. It moves when the clock is set, and not by itself: see `clock_step`.',
  },
} as const satisfies Fields;

export type ClockOutput = ValuesOf<typeof CLOCK_OUTPUT>;

/** What the time service says. */
export type TimeService = Pick<
  ClockOutput,
  'service' | 'unit' | 'running' | 'synchronised' | 'sources' | 'reachable_sources' | 'correction'
>;
