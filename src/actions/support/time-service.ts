import { formatDuration } from '../../util/duration.ts';
import type { TimeService } from './clock-fields.ts';
import type { HostFacts } from '../../model/host.ts';
import type { Section, Sections } from './sections.ts';
import { readBlocks, readProperties } from './unit.ts';

const UNITS = {
  chrony: ['chrony', 'chronyd'],
  'systemd-timesyncd': ['systemd-timesyncd'],
  ntpd: ['ntpsec', 'ntp', 'ntpd'],
  openntpd: ['openntpd', 'ntpd'],
} as const;
type ServiceName = keyof typeof UNITS;
const NAMES = Object.keys(UNITS) as readonly ServiceName[];

/**
 * Prints the sections `running` and `installed` (names as in `service` of `clock`), `units`, `kernel` (whether it holds its clock for
 * synchronised), and what each service that runs says: `tracking` and `sources` of chrony, `timesync`, `peers` of ntpd, `ntpctl`.
 * Needs `SECTIONS`. What a service does not answer within 5 seconds is left out.
 */
export const TIME_SERVICE_SH = `
within() { if command -v timeout >/dev/null 2>&1; then timeout 5 "$@"; else "$@"; fi 2>/dev/null; }
name_of() {
  case $1 in
    chronyd) echo chrony ;;
    systemd-timesyn*) echo systemd-timesyncd ;;
    ntpd) if command -v ntpctl >/dev/null 2>&1; then echo openntpd; else echo ntpd; fi ;;
  esac
}
# One of a container shows here, too, and keeps no clock.
running() {
  ours=$(readlink /proc/self/ns/pid)
  for folder in /proc/[0-9]*; do
    { read -r name <"$folder/comm"; } 2>/dev/null || continue
    case $name in chronyd | ntpd | systemd-timesyn*) ;; *) continue ;; esac
    theirs=$(readlink "$folder/ns/pid" 2>/dev/null) && [ "$theirs" != "$ours" ] || name_of "$name"
  done | sort -u
}
installed() {
  for program in chronyd ntpd; do
    ! command -v "$program" >/dev/null 2>&1 || name_of "$program"
  done
  for folder in /lib/systemd /usr/lib/systemd; do
    if [ -x "$folder/systemd-timesyncd" ]; then echo systemd-timesyncd; break; fi
  done
}
units() {
  if [ -d /run/systemd/system ]; then
    systemctl show -p Id -p LoadState -p ActiveState -- ${[...new Set(Object.values(UNITS).flat())].map((unit) => `${unit}.service`).join(' ')}
  else
    for name in ${[...new Set(Object.values(UNITS).flat())].join(' ')}; do
      if [ -x "/etc/init.d/$name" ] || [ -x "/etc/rc.d/init.d/$name" ]; then echo "$name"; fi
    done
  fi
}
kernel() {
  within timedatectl show -p NTPSynchronized || within timedatectl status || within adjtimex
}
timesync() { within timedatectl show-timesync -p ServerName -p ServerAddress -p NTPMessage; }
section running running
seen=$section_text
section installed installed
section units units 2>/dev/null
section kernel kernel
for name in $seen; do
  case $name in
    chrony)
      section tracking within chronyc -n tracking
      section sources within chronyc -n sources
      ;;
    systemd-timesyncd) section timesync timesync ;;
    ntpd) section peers within ntpq -pn ;;
    openntpd) section ntpctl within ntpctl -s status ;;
  esac
done
`;

/** Reads what `TIME_SERVICE_SH` printed. */
export function readTimeService(sections: Sections, init: HostFacts['init']): TimeService {
  const running = namesIn(sections.get('running'));
  const service = running[0] ?? namesIn(sections.get('installed'))[0];
  if (service === undefined) return { ...UNKNOWN, service: '', unit: '', running: false };
  const unit = unitOf(service, sections.get('units'), init);
  if (running.length === 0) return { ...UNKNOWN, service, unit, running: false };
  return { ...saidBy(service, sections), service, unit, running: true };
}

type Said = Omit<TimeService, 'service' | 'unit' | 'running'>;

const UNKNOWN: Said = { synchronised: false, sources: 0, reachable_sources: 0, correction: '0s' };

function saidBy(service: ServiceName, sections: Sections): Said {
  switch (service) {
    case 'chrony':
      return saidByChrony(sections.get('tracking'), sections.get('sources'));
    case 'systemd-timesyncd': {
      const said = readProperties(sections.get('timesync')?.lines ?? []);
      const sources = said.has('ServerName') || said.has('ServerAddress') ? 1 : 0;
      return {
        ...UNKNOWN,
        synchronised: kernelSays(sections),
        sources,
        reachable_sources: said.has('NTPMessage') ? 1 : 0,
      };
    }
    case 'ntpd':
      return saidByNtpd(sections.get('peers')) ?? { ...UNKNOWN, synchronised: kernelSays(sections) };
    case 'openntpd':
      return saidByOpenNtpd(sections.get('ntpctl'));
  }
}

/** `System time     : 0.000012 seconds slow of NTP time`, and of each source `^* 192.0.2.1  2  6  377 ...` with its reach in octal. */
function saidByChrony(tracking: Section | undefined, sources: Section | undefined): Said {
  const said = tracking?.lines.join('\n') ?? '';
  const rows = (sources?.lines ?? []).flatMap((line) => {
    const [, reach] = /^[\^=#][*+?x~-] +\S+ +\d+ +-?\d+ +([0-7]+) /.exec(line) ?? [];
    return reach === undefined ? [] : [reach];
  });
  const [, seconds = '0', side] = /^System time +: ([\d.]+) seconds (slow|fast)/m.exec(said) ?? [];
  const synchronised = /^Leap status +: (?!Not synchronised)/m.test(said);
  return {
    synchronised,
    sources: rows.length,
    reachable_sources: rows.filter((reach) => !/^0+$/.test(reach)).length,
    correction: synchronised ? formatDuration(Number(seconds) * 1000 * (side === 'slow' ? -1 : 1)) : '0s',
  };
}

/** Of each peer `*192.0.2.1  .GPS.  1 u  34  64  377  0.5  -1.2  0.1`: reach in octal, the offset in milliseconds. */
function saidByNtpd(peers: Section | undefined): Said | undefined {
  if (peers?.code !== 0) return undefined;
  const rows = peers.lines.flatMap((line) => {
    const words = line.slice(1).trim().split(/\s+/);
    return /^[0-7]+$/.test(words[6] ?? '') ? [{ tally: line[0], reach: words[6] ?? '', offset: Number(words[8]) }] : [];
  });
  // What it was told of, before a name is resolved, is no source yet.
  const followed = rows.find(({ tally }) => tally === '*' || tally === 'o');
  return {
    synchronised: followed !== undefined,
    sources: rows.length,
    reachable_sources: rows.filter(({ reach }) => !/^0+$/.test(reach)).length,
    correction: formatDuration(-(followed?.offset ?? 0)),
  };
}

/** `3/4 peers valid, clock unsynced, clock offset is -12.500ms` */
function saidByOpenNtpd(section: Section | undefined): Said {
  const said = section?.lines.join('\n') ?? '';
  const [, valid = '0', all = '0'] = /(\d{1,9})\/(\d{1,9}) peers valid/.exec(said) ?? [];
  const offset = /clock offset is (-?[\d.]+)ms/.exec(said)?.[1] ?? '0';
  return {
    synchronised: said.includes('clock synced'),
    sources: Number(all),
    reachable_sources: Number(valid),
    correction: formatDuration(-Number(offset)),
  };
}

/** `NTPSynchronized=yes`, `NTP synchronized: yes` and `System clock synchronized: yes` of timedatectl; `status: 0x40` of adjtimex. */
function kernelSays(sections: Sections): boolean {
  const said = sections.get('kernel')?.lines.join('\n') ?? '';
  const flags = /status: +(0x[0-9a-f]+|\d+)/i.exec(said)?.[1];
  const UNSYNCHRONISED = 0x40;
  if (flags !== undefined) return (Number(flags) & UNSYNCHRONISED) === 0;
  return /synchronized(=|: )yes/i.test(said);
}

function namesIn(section: Section | undefined): readonly ServiceName[] {
  const lines = section?.lines ?? [];
  return NAMES.filter((name) => lines.includes(name));
}

function unitOf(service: ServiceName, section: Section | undefined, init: HostFacts['init']): string {
  const lines = section?.lines ?? [];
  if (init !== 'systemd') return UNITS[service].find((name) => lines.includes(name)) ?? '';
  const loaded = readBlocks(lines).filter((block) => block.get('LoadState') === 'loaded');
  const units = loaded.filter((block) => UNITS[service].some((name) => block.get('Id') === `${name}.service`));
  return (units.find((block) => block.get('ActiveState') === 'active') ?? units[0])?.get('Id') ?? '';
}
