import assert from 'node:assert/strict';
import { action } from '../../src/actions/clock.ts';
import type { ProbeContext } from '../../src/model/action.ts';
import type { HostFacts } from '../../src/model/host.ts';
import type { CommandResult } from '../../src/model/script.ts';
import type { JsonObject } from '../../src/util/json.ts';
import { parseSignedDuration } from '../../src/util/duration.ts';
import { contextOf } from './support/context.ts';
import { probeWith } from './support/probe.ts';
import { output, runScript } from './support/run-script.ts';
import { shells } from './support/shells.ts';

const NOTHING = '@running 0\n@installed 0\n@units 0\n@kernel 1\n@hardware 1\n@end 0\n';
const UPTIME_S = 86_400.5;

/** A host whose time service says `said`, and whose clock is ahead; each reading of it takes the next of `roundTrips`. */
function hostWith(said: string, { aheadMs = 0, roundTrips = [0], fraction = true } = {}): ProbeContext['read'] {
  let readings = 0;
  return async ({ summary }) => {
    if (summary !== 'read the clock') return answer(said);
    const roundTrip = roundTrips[readings++ % roundTrips.length] ?? 0;
    await sleep(roundTrip / 2);
    const now = Date.now() + aheadMs;
    await sleep(roundTrip / 2);
    return answer(`${fraction ? (now / 1000).toFixed(3) : Math.floor(now / 1000)} ${UPTIME_S.toFixed(2)}\n`);
  };
}

describe('the action clock', () => {
  it('corrects the offset by half of the shortest round trip', async () => {
    const seen = await look(hostWith(NOTHING, { aheadMs: 90_000, roundTrips: [120, 10, 200, 60] }));
    assert.ok(Math.abs(millisecondsOf(seen['offset']) - 90_000) < 30, String(seen['offset']));
    assert.ok(millisecondsOf(seen['uncertainty']) < 50, String(seen['uncertainty']));
  });

  it('says which way a clock is off', async () => {
    const behind = await look(hostWith(NOTHING, { aheadMs: -3_600_000 }));
    assert.ok(Math.abs(millisecondsOf(behind['offset']) + 3_600_000) < 500);
  });

  it('is half a second less certain of a host that tells whole seconds', async () => {
    const seen = await look(hostWith(NOTHING, { aheadMs: 10_000, fraction: false }));
    assert.ok(millisecondsOf(seen['uncertainty']) >= 500);
    assert.ok(Math.abs(millisecondsOf(seen['offset']) - 10_000) <= millisecondsOf(seen['uncertainty']));
  });

  it('tells when the host started by its clock, so that a clock that was set can be told', async () => {
    const [one, other] = [await look(hostWith(NOTHING)), await look(hostWith(NOTHING, { aheadMs: 60_000 }))];
    const between = Date.parse(String(other['clock_set'])) - Date.parse(String(one['clock_set']));
    assert.ok(Math.abs(between - 60_000) <= 2000, `${between}`);
  });

  it('tells a hardware clock, unless it is kept in local time', async () => {
    const hardware = (scale: string): string =>
      NOTHING.replace('@hardware 1', `@hardware 0\n|1790003600 1790000000\n|${scale}`);
    const { rtc_found, rtc_offset } = await look(hostWith(hardware('UTC')));
    assert.deepEqual({ rtc_found, rtc_offset }, { rtc_found: true, rtc_offset: '1h' });
    assert.equal((await look(hostWith(hardware('LOCAL'))))['rtc_found'], false);
  });

  for (const [name, { said, expected, init = 'systemd' }] of Object.entries(services())) {
    it(`reads ${name}`, async () => {
      const { service, unit, running, synchronised, sources, reachable_sources, correction } = await look(
        hostWith(said),
        init,
      );
      assert.deepEqual([service, unit, running, synchronised, sources, reachable_sources, correction], expected);
    });
  }

  it('fails when the host does not tell the time, or the answer is no answer', async () => {
    const silent: ProbeContext['read'] = ({ summary }) =>
      Promise.resolve(answer(summary === 'read the clock' ? '' : NOTHING));
    assert.deepEqual(await probeWith(action, {}, { read: silent }), {
      status: 'failed',
      reason: 'cannot-check',
      error: 'the host does not tell the time: is /proc mounted?',
    });
    const late: ProbeContext['read'] = () => Promise.resolve({ ...answer(''), end: { how: 'timeout', gone: true } });
    const ended = await probeWith(action, {}, { read: late });
    assert.deepEqual([ended.status, ended.status === 'failed' && ended.reason], ['failed', 'timeout']);
    const short = await probeWith(action, {}, { read: () => Promise.resolve(answer('@running 0\n')) });
    assert.deepEqual([short.status, short.status === 'failed' && short.error], ['failed', 'the output is cut short']);
  });

  for (const shell of shells()) {
    it(`agrees with itself on this machine (${shell.name})`, async () => {
      const read: ProbeContext['read'] = async (script) => {
        const { code, ...rest } = await runScript(script, shell);
        return { end: { how: 'exit', code }, ...rest };
      };
      const seen = await look(read);
      assert.ok(
        Math.abs(millisecondsOf(seen['offset'])) <= millisecondsOf(seen['uncertainty']) + 5,
        JSON.stringify(seen),
      );
    });
  }
});

interface ServiceCase {
  readonly said: string;
  readonly expected: readonly unknown[];
  readonly init?: HostFacts['init'];
}

/** What real ones print; chrony's from the fleet, the others' from their manuals. */
function services(): Readonly<Record<string, ServiceCase>> {
  const unit = (id: string, state = 'active'): string => `|Id=${id}\n|LoadState=loaded\n|ActiveState=${state}\n|\n`;
  const host = (running: string, units: string, more: string, kernel = '@kernel 1'): string =>
    `@running 0\n${running}@installed 0\n${running}@units 0\n${units}${kernel}\n${more}@hardware 1\n@end 0\n`;
  const tracking = (time: string, leap: string): string =>
    `@tracking 0\n|Reference ID    : 7F000001 (127.0.0.1)\n|System time     : ${time} of NTP time\n|Leap status     : ${leap}\n`;
  const sources = (...rows: string[]): string =>
    `@sources 0\n|MS Name/IP address         Stratum Poll Reach LastRx Last sample\n|====\n${rows.map((row) => `|${row}\n`).join('')}`;
  const follows = sources(
    '^* 192.0.2.1                     3   0   177     2   +177ns[ +766ns] +/- 4122ns',
    '^? 192.0.2.2                     0   6     0     -     +0ns[   +0ns] +/-    0ns',
  );
  const chrony = unit('chrony.service');
  return {
    'a chrony that slews a clock that is behind': {
      said: host('|chrony\n', chrony, tracking('600.500000000 seconds slow', 'Normal') + follows),
      expected: ['chrony', 'chrony.service', true, true, 2, 1, '-10m500ms'],
    },
    'a chrony whose clock is fast': {
      said: host('|chrony\n', chrony, tracking('0.250000000 seconds fast', 'Normal') + follows),
      expected: ['chrony', 'chrony.service', true, true, 2, 1, '250ms'],
    },
    'a chrony without a source that answers': {
      said: host(
        '|chrony\n',
        chrony,
        tracking('0.000000000 seconds fast', 'Not synchronised') +
          sources('^? 192.0.2.2                     0   6     0     -     +0ns[   +0ns] +/-    0ns'),
      ),
      expected: ['chrony', 'chrony.service', true, false, 1, 0, '0s'],
    },
    'a chrony whose chronyc does not answer': {
      said: host('|chrony\n', chrony, '@tracking 1\n@sources 1\n'),
      expected: ['chrony', 'chrony.service', true, false, 0, 0, '0s'],
    },
    'a chrony that does not run': {
      said: host('', unit('chrony.service', 'inactive'), '').replace('@installed 0\n', '@installed 0\n|chrony\n'),
      expected: ['chrony', 'chrony.service', false, false, 0, 0, '0s'],
    },
    'systemd-timesyncd': {
      said: host(
        '|systemd-timesyncd\n',
        unit('systemd-timesyncd.service'),
        '@timesync 0\n|ServerName=0.debian.pool.ntp.org\n|ServerAddress=192.0.2.1\n|NTPMessage={ Leap=0, Version=4, Mode=4 }\n',
        '@kernel 0\n|NTPSynchronized=yes',
      ),
      expected: ['systemd-timesyncd', 'systemd-timesyncd.service', true, true, 1, 1, '0s'],
    },
    ntpd: {
      said: host(
        '|ntpd\n',
        unit('ntpsec.service'),
        `@peers 0
|     remote           refid      st t when poll reach   delay   offset  jitter
|==============================================================================
| 0.pool.ntp.org  .POOL.          16 p    -   64    0    0.000    0.000   0.001
|*192.0.2.1       .GPS.            1 u   34   64  377    0.524   -1500.4   0.101
|+192.0.2.2       192.0.2.9        2 u   30   64  377    0.600    2.000   0.101
`,
      ),
      expected: ['ntpd', 'ntpsec.service', true, true, 3, 2, '1s500ms'],
    },
    "BusyBox's ntpd, which tells nothing, by the flag of the kernel": {
      said: host('|ntpd\n', '|ntpd\n', '@peers 127\n', '@kernel 0\n|    status:       8193 (PLL)'),
      expected: ['ntpd', 'ntpd', true, true, 0, 0, '0s'],
      init: 'openrc',
    },
    'the same when the kernel holds its clock for wrong': {
      said: host('|ntpd\n', '|ntpd\n', '@peers 127\n', '@kernel 0\n|    status:       64 (UNSYNC)'),
      expected: ['ntpd', 'ntpd', true, false, 0, 0, '0s'],
      init: 'sysv',
    },
    OpenNTPD: {
      said: host(
        '|openntpd\n',
        unit('openntpd.service'),
        '@ntpctl 0\n|3/4 peers valid, clock unsynced, clock offset is -12.500ms\n',
      ),
      expected: ['openntpd', 'openntpd.service', true, false, 4, 3, '12ms'],
    },
    'a host without any': { said: NOTHING, expected: ['', '', false, false, 0, 0, '0s'] },
  };
}

async function look(read: ProbeContext['read'], init: HostFacts['init'] = 'systemd'): Promise<JsonObject> {
  const result = await probeWith(action, {}, { ...contextOf({ host: { init } }), read });
  return result.status === 'failed' ? assert.fail(result.error) : result.output;
}

function answer(stdout: string): CommandResult {
  return { end: { how: 'exit', code: 0 }, stdout: output(stdout), stderr: output(''), durationMs: 1 };
}

function millisecondsOf(value: unknown): number {
  const parsed = parseSignedDuration(String(value));
  return parsed.ok ? parsed.value : assert.fail(parsed.error);
}

function sleep(ms: number): Promise<void> {
  return ms === 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, ms));
}
