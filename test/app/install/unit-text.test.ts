import assert from 'node:assert/strict';
import type { Installation } from '../../../src/app/install/installation.ts';
import { quoteForSystemd, serveText, serviceText, timerText } from '../../../src/app/install/unit-text.ts';
import { sampleSchedule } from '../../schedule/sample-schedule.ts';

const schedule = sampleSchedule({ name: 'locks', jitterMs: 90_000, graceMs: 600_000 });
const INSTALLATION: Installation = {
  schedule,
  argv: ['/usr/bin/node', '/opt/runbook/bin/runbook.cjs', 'run', 'x', '--limit=web:!$a', '--param', 'note=100% "\n'],
  environment: { XDG_STATE_HOME: '/srv/a b' },
  home: '/root',
  stateDirectory: '/srv/a b/runbook',
  folders: [],
  isRoot: true,
  repairsThisMachine: false,
  sendsMail: false,
};

const has = (text: string, line: string): boolean => text.split('\n').includes(line);

describe('The units of a schedule', () => {
  it('start exactly the command, however it is spelt', () => {
    const text = serviceText(INSTALLATION);
    const words = String.raw`/usr/bin/node /opt/runbook/bin/runbook.cjs run x "--limit=web:!$$a" --param "note=100%% \"\x0a"`;
    assert.ok(has(text, `ExecStart=${words}`), text);
    assert.ok(has(text, 'Environment="XDG_STATE_HOME=/srv/a b"'), text);
    assert.equal(quoteForSystemd(String.raw`a\b`), String.raw`"a\\b"`);
  });

  it('shut the process in, and leave it its record, and the folder of its metrics', () => {
    const text = serviceText({ ...INSTALLATION, folders: ['/srv/prom'] });
    const paths = ['/srv/a b/runbook', '-/srv/prom'].map((path) => `ReadWritePaths=${quoteForSystemd(path)}`);
    for (const line of [...paths, 'ProtectSystem=strict', 'NoNewPrivileges=yes', 'PrivateTmp=yes', 'Type=oneshot'])
      assert.ok(has(text, line), `${line}\n${text}`);
  });

  it('name each folder once, however many write there', () => {
    const { stateDirectory } = INSTALLATION;
    const text = serveText({ ...INSTALLATION, folders: ['/srv/prom', stateDirectory, '/srv/prom'] }, 90_000);
    const lines = text.split('\n').filter((line) => line.startsWith('ReadWritePaths='));
    assert.deepEqual(lines, [
      'ReadWritePaths="/srv/a b/runbook"',
      'ReadWritePaths=-/root/.ssh/known_hosts',
      'ReadWritePaths=-/srv/prom',
    ]);
  });

  it('shut nothing in that repairs this machine, and let a mail server work', () => {
    assert.doesNotMatch(serviceText({ ...INSTALLATION, repairsThisMachine: true }), /^(Protect|NoNew|UMask)/m);
    const mail = serviceText({ ...INSTALLATION, sendsMail: true });
    assert.doesNotMatch(mail, /^(NoNewPrivileges|CapabilityBoundingSet)/m);
    assert.ok(has(mail, 'ReadWritePaths=-/var/spool'), mail);
  });

  it('leave /tmp where something of it lies there', () => {
    const inTmp = { ...INSTALLATION, argv: ['/usr/bin/node', '/tmp/x/runbook.cjs', 'run', 'x'] } as const;
    assert.ok(has(serviceText(inTmp), 'PrivateTmp=no'));
  });

  it('take what a user may not ask his manager for out of a unit of his', () => {
    assert.doesNotMatch(serviceText({ ...INSTALLATION, isRoot: false }), /^(ProtectSystem|CapabilityBoundingSet)/m);
  });

  it('take what is found in mode shadow for no failure', () => {
    const text = serviceText({ ...INSTALLATION, schedule: { ...schedule, mode: 'shadow' } });
    assert.ok(has(text, 'SuccessExitStatus=2 129 130 143'), text);
  });

  it('have all times, the jitter, and catch up when grace is given', () => {
    const text = timerText(schedule, { lines: ['*-*-* *:00:00 UTC', '2027-03-28 01:00:00 UTC'], years: 10 });
    assert.equal(text.match(/^OnCalendar=/gm)?.length, 2);
    for (const line of ['RandomizedDelaySec=90s', 'FixedRandomDelay=yes', 'Persistent=yes', 'AccuracySec=1s'])
      assert.ok(has(text, line), text);
    assert.doesNotMatch(timerText(sampleSchedule({ name: 'plain' }), { lines: ['x'] }), /^(Random|Persistent)/m);
  });

  it('give serve the time that it gives to its runs, and some more', () => {
    const text = serveText({ ...INSTALLATION, isRoot: false }, 90_000);
    for (const line of ['Type=exec', 'Restart=on-failure', 'TimeoutStopSec=270', 'WantedBy=default.target'])
      assert.ok(has(text, line), text);
  });
});
