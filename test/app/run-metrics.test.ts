import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeRunMetrics, type LastRun } from '../../src/app/run-metrics.ts';

const WELL: LastRun = {
  ...{ runbook: 'apache "lock"', schedule: 'apache', startedAt: 1_000_000, endedAt: 1_002_500, exitCode: 0 },
  counts: { healthy: 3, repaired: 1 },
};

describe('The file of metrics of a run', () => {
  let directory: string;
  let file: string;
  let umask: number;
  before(() => {
    umask = process.umask(0o077);
  });
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'runbook-metrics-'));
    file = join(directory, 'apache.prom');
  });
  after(() => {
    process.umask(umask);
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });
  const value = (name: string): string | undefined =>
    readFileSync(file, 'utf8')
      .split('\n')
      .find((line) => line.startsWith(name))
      ?.split(' ')
      .at(-1);

  it('says when it was, how it ended, and what became of how many hosts; all can read it', () => {
    assert.ok(writeRunMetrics(file, WELL).ok);
    assert.equal(statSync(file).mode & 0o777, 0o644);
    assert.deepEqual(readdirSync(directory), ['apache.prom']);
    assert.equal(value('runbook_last_duration_seconds'), '2.5');
    assert.equal(value('runbook_last_success_timestamp_seconds'), '1002.5');
    const labels = '{runbook="apache \\"lock\\"",schedule="apache",outcome="repaired"}';
    assert.equal(value(`runbook_last_hosts${labels}`), '1');
  });

  it('keeps the time of the last success while runs fail', () => {
    assert.ok(writeRunMetrics(file, { ...WELL, exitCode: 4, counts: { unreachable: 4 } }).ok);
    assert.equal(value('runbook_last_success_timestamp_seconds'), undefined);
    assert.ok(writeRunMetrics(file, WELL).ok);
    assert.ok(writeRunMetrics(file, { ...WELL, endedAt: 2_000_000, exitCode: 65, counts: {} }).ok);
    assert.equal(value('runbook_last_success_timestamp_seconds'), '1002.5');
    assert.equal(value('runbook_last_exit_code'), '65');
    assert.equal(value('runbook_last_end_timestamp_seconds'), '2000');
  });

  it('follows no link and awaits no pipe that another user of its folder has put in its place', () => {
    const failed = { ...WELL, exitCode: 4 };
    const other = join(directory, 'other');
    writeFileSync(other, 'runbook_last_success_timestamp_seconds 7\n', { mode: 0o600 });
    symlinkSync(other, file);
    assert.ok(writeRunMetrics(file, failed).ok);
    assert.equal(value('runbook_last_success_timestamp_seconds'), undefined);
    assert.equal(statSync(other).mode & 0o777, 0o600);
    rmSync(file);
    execFileSync('mkfifo', [file]);
    assert.ok(writeRunMetrics(file, failed).ok);
    assert.ok(lstatSync(file).isFile());
  });

  it('says why it cannot be written, and leaves no draft', () => {
    const written = writeRunMetrics(join(directory, 'none', 'x.prom'), WELL);
    assert.ok(!written.ok);
    assert.match(written.error, /^the metrics file cannot be written: ENOENT/);
  });
});
