import assert from 'node:assert/strict';
import type { FinishedRun } from '../../../src/model/finished-run.ts';
import {
  at,
  DAY,
  finishedRun,
  host,
  MINUTE,
  only,
  present,
  repaired,
  reportOn,
  shadow,
  unreachable,
} from './sample-runs.ts';

describe('a report', () => {
  const endOf = (runs: readonly FinishedRun[], asked: Parameters<typeof reportOn>[1] = {}) =>
    only(reportOn(runs, asked)).episodes[0]?.end;

  it('says that a run repaired it, and how long it was there until it was proven to be gone', () => {
    const runs = [
      shadow('a', 0, { web01: [] }),
      shadow('b', 5, { web01: [present()] }),
      finishedRun('c', 9, [host('web01', [], repaired(10))]),
    ];
    const finding = only(reportOn(runs));
    assert.deepEqual(finding.episodes, [
      {
        clearAt: at(0),
        firstSeen: at(5),
        lastSeen: at(10),
        runId: 'b',
        wouldHave: { at: at(5), runId: 'b', steps: ['Start it'] },
        end: { at: at(12), by: 'repaired', runId: 'c', atLeastMs: 7 * MINUTE, atMostMs: 7 * MINUTE },
      },
    ]);
    assert.deepEqual([finding.now, finding.timesIn7Days, finding.summary], ['gone', 1, 'down!']);
  });

  it('says within which bounds it healed alone, and what a shadow would have done', () => {
    const runs = [5, 10, 15].map((minute) => shadow(`r${minute}`, minute, { web01: minute === 15 ? [] : [present()] }));
    const [episode] = only(reportOn(runs)).episodes;
    assert.deepEqual(episode?.end, { at: at(15), by: 'alone', atLeastMs: 5 * MINUTE, atMostMs: 10 * MINUTE });
    assert.deepEqual(episode?.wouldHave, { at: at(5), runId: 'r5', steps: ['Start it'] });
    assert.equal(episode?.clearAt, undefined);
  });

  it('does not call a plan of a person what a shadow would have done', () => {
    const planned = host('web01', [present()], {
      outcome: 'needs-fix',
      planned: [{ step: 'start', name: 'Start it' }],
    });
    const report = reportOn([finishedRun('a', 0, [planned], { kind: 'plan' })]);
    assert.equal(only(report).episodes[0]?.wouldHave, undefined);
    assert.deepEqual([report.runs, report.plans, report.shadows], [0, 1, 0]);
  });

  it('names what had changed something before it was seen to be gone', () => {
    const before = shadow('a', 5, { web01: [present()] });
    const after = shadow('c', 20, { web01: [] });
    const failed = host('web01', [present()], {
      survey: { at: at(10), seq: 2, findings: [present()] },
      done: [{ step: 'start', name: 'Start it', phase: 'fix', at: at(11) }],
      last: { at: at(12), seq: 9, findings: [present()] },
      endedAt: at(12),
    });
    assert.deepEqual(
      endOf([before, finishedRun('b', 10, [failed]), after])?.by,
      'alone',
      'it was still there afterwards',
    );
    const cutOff = { ...failed, last: { at: at(10), seq: 9, findings: [present()] }, interrupted: true } as const;
    const { by, runId } = endOf([before, finishedRun('b', 10, [cutOff]), after]) ?? {};
    assert.deepEqual([by, runId], ['after-run', 'b']);
    const other = finishedRun(
      'b',
      10,
      [{ ...host('web01', [], repaired(10)), survey: { at: at(10), seq: 2, findings: [] } }],
      { runbook: 'disks' },
    );
    assert.equal(endOf([before, other, after])?.by, 'after-run', 'another runbook has repaired something else');
    const exec = { runId: 'x', by: 'exec', from: Date.parse(at(8)), to: Date.parse(at(9)) } as const;
    assert.deepEqual(endOf([before, after], { beside: () => [exec] })?.by, 'by-hand');
    assert.deepEqual(endOf([before, after], { beside: () => [{ ...exec, to: Date.parse(at(4)) }] })?.by, 'alone');
  });

  it('knows whose repair it was where another run saw that it was gone before the proof', () => {
    const seen = shadow('b', 11, { web01: [] });
    const { by, runId } = endOf([finishedRun('a', 9, [host('web01', [], repaired(10))]), seen]) ?? {};
    assert.deepEqual([by, runId], ['repaired', 'a']);
  });

  it('claims nothing of a host to which the runbook does not apply any more, or after the runbook was changed', () => {
    const before = shadow('a', 5, { web01: [present()] });
    const gone = host('web01', [], { endedAt: at(10), outcome: 'not-applicable' });
    assert.equal(endOf([before, finishedRun('b', 10, [gone])])?.by, 'not-applicable');
    const healthy = host('web01', [], { endedAt: at(10) });
    assert.equal(endOf([before, finishedRun('b', 10, [healthy], { sha256: 'cd' })])?.by, 'runbook-changed');
  });

  it('neither ends nor begins an episode while the host cannot be reached or nothing can be told', () => {
    const unclear = { name: 'down', severity: 'problem', state: 'undetermined', summary: '' } as const;
    const runs = [
      shadow('a', 5, { web01: [present()] }),
      finishedRun('b', 10, [unreachable('web01', 10)]),
      finishedRun('c', 15, [host('web01', [unclear], { endedAt: at(15), outcome: 'unknown' })]),
      finishedRun('d', 20, [host('web01', [], { endedAt: at(20), outcome: 'unknown' })]),
    ];
    const open = only(reportOn(runs));
    assert.deepEqual([open.now, open.episodes.length, open.episodes[0]?.lookedInVainAt], ['unknown', 1, at(20)]);
    const again = only(reportOn([...runs, shadow('e', 25, { web01: [present()] })]));
    assert.deepEqual([again.now, again.episodes.length, again.episodes[0]?.lookedInVainAt], ['there', 1, undefined]);
    const [episode] = only(reportOn([...runs, shadow('e', 25, { web01: [] })])).episodes;
    assert.deepEqual(episode?.end, { at: at(25), by: 'alone', atLeastMs: 0, atMostMs: 20 * MINUTE });
  });

  it('does not take what was undone for gone', () => {
    const undone = { ...repaired(10), outcome: 'rolled-back' } as const;
    assert.equal(only(reportOn([finishedRun('a', 9, [host('web01', [], undone)])])).now, 'unknown');
  });

  it('knows nothing of a host that was not diagnosed for a day', () => {
    const runs = [shadow('a', 0, { web01: [present()] })];
    assert.equal(only(reportOn(runs, { minute: 1440 })).now, 'there');
    assert.equal(only(reportOn(runs, { minute: 1441 })).now, 'unknown');
  });

  it('waits for the next time of a schedule that comes once a week, and half as long again', () => {
    const week = (7 * DAY) / MINUTE;
    const weekly = [0, 1, 2].map((nth) => shadow(`r${nth}`, nth * week, { web01: [present()] }));
    // A person who looks three times within an hour makes the schedule no faster.
    const byHand = [1, 2, 3].map((nth) => {
      const run = shadow(`h${nth}`, week + nth, { web01: [present()] });
      return {
        ...run,
        started: { ...run.started, startedBy: { ...run.started.startedBy, trigger: 'person' } },
      } as const;
    });
    const runs = [...weekly.slice(0, 2), ...byHand, ...weekly.slice(2)];
    assert.equal(only(reportOn(runs, { minute: 3.5 * week })).now, 'there');
    assert.equal(only(reportOn(runs, { minute: 3.5 * week + 1 })).now, 'unknown');
  });

  it('follows a machine under its new name, and finds it by the old one', () => {
    const renamed = host('app01', [], { machine: 'machine of web01', endedAt: at(20) });
    const runs = [shadow('a', 5, { web01: [present()], web02: [present()] }), finishedRun('b', 19, [renamed])];
    for (const name of ['web01', 'app01']) {
      const finding = only(reportOn(runs, { host: name }));
      assert.deepEqual([finding.host, finding.formerly, finding.now], ['app01', ['web01'], 'gone']);
    }
    assert.deepEqual(reportOn(runs, { host: 'web09' }).hosts, []);
  });

  it('takes a machine that was built anew under the same name for another one', () => {
    const anew = host('web01', [], { machine: 'another', endedAt: at(20) });
    const report = reportOn([shadow('a', 5, { web01: [present()] }), finishedRun('b', 19, [anew])], { minute: 2000 });
    assert.equal(only(report).now, 'unknown');
    assert.equal(report.hosts.length, 2);
  });

  it('keeps clones apart that call themselves the same machine', () => {
    const clones = (minute: number, ...sick: readonly string[]): FinishedRun =>
      finishedRun(
        `r${minute}`,
        minute,
        ['web01', 'web02'].map((name) =>
          host(name, sick.includes(name) ? [present()] : [], { machine: 'same', endedAt: at(minute) }),
        ),
      );
    const finding = only(reportOn([clones(5, 'web01'), clones(10), clones(15, 'web01')]));
    assert.deepEqual([finding.host, finding.formerly, finding.episodes.length], ['web01', undefined, 2]);
  });

  it('takes records from before the machine was kept for those of the machine with that name', () => {
    const { machine: _, ...old } = host('web01', [present()], { endedAt: at(5) });
    const report = reportOn([finishedRun('a', 4, [old]), shadow('b', 10, { web01: [present()] })]);
    assert.deepEqual([only(report).episodes.length, report.hosts.length], [1, 1]);
  });

  it('leaves out what is no problem', () => {
    const report = reportOn([finishedRun('a', 0, [host('web01', [{ ...present(), severity: 'info' }])])]);
    assert.deepEqual(report.findings, []);
    assert.deepEqual(report.hosts, [
      { runbook: 'web', host: 'web01', outcomes: { 'not-repaired': 1 }, lastDiagnosedAt: at(1) },
    ]);
  });

  it('counts how often it came within seven days, and how long until it came again', () => {
    const day = DAY / MINUTE;
    const runs = [0, 10, 12, 14].flatMap((days) => [
      shadow(`a${days}`, days * day, { web01: [present()] }),
      shadow(`b${days}`, days * day + 60, { web01: [] }),
    ]);
    const { timesIn7Days, episodes } = only(reportOn(runs, { minute: 15 * day }));
    assert.deepEqual([timesIn7Days, episodes.length], [3, 4]);
    assert.deepEqual(
      episodes.map(({ sincePreviousMs }) => sincePreviousMs),
      [undefined, 10 * DAY - 60 * MINUTE, 2 * DAY - 60 * MINUTE, 2 * DAY - 60 * MINUTE],
    );
  });

  it('begins with what is there, then what nobody knows of, then what came most often lately', () => {
    const runs = [
      shadow('a', 0, { web01: [], web02: [present()], web03: [present()], web04: [present()] }),
      shadow('b', 5, { web01: [], web02: [], web03: [] }),
      shadow('c', 10, { web01: [present()], web02: [present()] }),
      shadow('d', 15, { web02: [] }),
      finishedRun('e', 20, [unreachable('web04', 20)]),
    ];
    assert.deepEqual(
      reportOn(runs).findings.map(({ host: name, now, episodes }) => `${name} ${now} ${episodes.length}`),
      ['web01 there 1', 'web04 unknown 1', 'web02 gone 2', 'web03 gone 1'],
    );
  });
});
