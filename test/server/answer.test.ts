import assert from 'node:assert/strict';
import { answer, type Answer, type Asked } from '../../src/server/answer.ts';
import type { ServeStatus } from '../../src/server/status.ts';
import { WELL } from './status-for-tests.ts';

describe('What serve answers', () => {
  const ask = (asked: Partial<Asked>, status: Partial<ServeStatus> = {}, onPort = false): Answer =>
    answer(
      { method: 'GET', target: '/livez', ...asked },
      { version: '1.2.3', onPort, status: () => ({ ...WELL, ...status }) },
    );
  const ready = (status: Partial<ServeStatus>): readonly [number, string] => {
    const { code, body } = ask({ target: '/readyz' }, status);
    return [code, body];
  };

  it('is that it lives as long as its loop turns', () => {
    const { code, type, body } = ask({});
    assert.deepEqual([code, type, body], [200, 'text/plain; charset=utf-8', 'ok\n']);
    const hangs = ask({}, { sinceTurnMs: 10 * 60_000 });
    assert.deepEqual([hangs.code, hangs.body], [503, 'its loop has not turned for 10m: restart it\n']);
    assert.equal(ask({}, { storeFault: 'no room', stopping: true }).code, 200);
  });

  it('is that it is ready, or each reason why not', () => {
    assert.deepEqual(ready({}), [200, 'ok\n']);
    assert.deepEqual(
      ready({ stopping: true, storeFault: 'the disk is full', reloadError: 'config.yaml:3: no such key' }),
      [
        503,
        'it was told to end, and starts nothing new\n' +
          'the store cannot be written: the disk is full\n' +
          'the configuration was read again and is wrong; the one before it holds: config.yaml:3: no such key\n',
      ],
    );
  });

  it('is what it measures, as OpenMetrics', () => {
    const { code, type, body } = ask({ target: '/metrics?name=x' }, { keptConnections: 7, reloadError: 'bad' });
    assert.deepEqual([code, type], [200, 'application/openmetrics-text; version=1.0.0; charset=utf-8']);
    for (const line of [
      'runbook_build_info{version="1.2.3"} 1',
      'runbook_start_timestamp_seconds 1795428000',
      'runbook_loop_age_seconds 0.25',
      'runbook_ready 0',
      'runbook_store_writable 1',
      'runbook_configuration_current 0',
      'runbook_schedule_next_timestamp_seconds{schedule="apache"} 1795428300',
      'runbook_schedule_paused{schedule="never"} 1',
      'runbook_schedule_running{schedule="apache"} 1',
      'runbook_occurrences_total{schedule="apache",state="ended"} 3',
      'runbook_runs_total{runbook="apache-accept-lock",exit_code="0"} 3',
      'runbook_hosts_total{outcome="repaired"} 2',
      'runbook_kept_connections 7',
      'runbook_notifications_waiting 0',
    ])
      assert.ok(body.includes(`\n${line}\n`), line);
    assert.doesNotMatch(body, /next_timestamp_seconds\{schedule="never"\}/);
    assert.ok(body.endsWith('\n# EOF\n'));
    assert.doesNotMatch(ask({ target: '/metrics' }).body, /kept/);
  });

  it('is nothing else, and to nobody who would change something', () => {
    assert.equal(ask({ target: '/' }).code, 404);
    assert.equal(ask({ target: '/livez/' }).code, 404);
    assert.equal(ask({ target: '//livez' }).code, 404);
    assert.equal(ask({ target: 'http://127.0.0.1/livez' }).code, 404);
    const posted = ask({ method: 'POST' });
    assert.deepEqual([posted.code, posted.headers], [405, { allow: 'GET, HEAD' }]);
    assert.equal(ask({ method: 'HEAD' }).code, 200);
  });

  it('is on a port only for who asks for this machine by its name', () => {
    const code = (host: string | undefined, onPort = true) => ask(host === undefined ? {} : { host }, {}, onPort).code;
    for (const host of ['localhost', 'LOCALHOST:9797', '127.0.0.1:9797', '127.8.8.8', '[::1]:9797', undefined])
      assert.equal(code(host), 200, host);
    for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', '10.0.0.1', '::1', ''])
      assert.equal(code(host), 403, host);
    assert.equal(code('evil.example', false), 200);
  });
});
