import assert from 'node:assert/strict';
import type { RunEvent, RunFinished } from '../../src/model/event.ts';
import { HostStories } from '../../src/reporters/host-story.ts';
import { renderMail } from '../../src/reporters/mail-text.ts';
import { PLAIN } from '../../src/util/style.ts';
import { hostFinished, intended, leak, runFinished, runStarted, stamped, stepEnded } from './events.ts';

function mail(events: readonly RunEvent[], onlyErrors = false, said: readonly string[] = []): string {
  const stories = new HostStories();
  for (const event of events) stories.accept(event);
  const end = events.at(-1) as RunFinished & RunEvent;
  return renderMail(stories, end, '01test', { style: PLAIN, columns: Number.POSITIVE_INFINITY, onlyErrors, said });
}

const repaired = [intended('web01'), stepEnded('web01', 'changed'), hostFinished('web01', 'repaired', '', [leak])];

describe('what a run says that nobody watches', () => {
  it('is nothing when every host was well and nothing was changed', () => {
    const events = stamped(
      runStarted('web01', 'web02'),
      hostFinished('web01', 'healthy'),
      hostFinished('web02', 'not-applicable'),
      runFinished({ healthy: 1, 'not-applicable': 1 }),
    );
    assert.equal(mail(events, false, ['frozen by ops@lab: nothing is changed']), '');
  });

  it('says all that matters in its first line, then who needs somebody, worst first, then what was done', () => {
    const text = mail(
      stamped(
        runStarted('web01', 'web02', 'web03', 'web04'),
        ...repaired,
        hostFinished('web02', 'healthy'),
        hostFinished('web03', 'unreachable', 'no route'),
        hostFinished('web04', 'not-repaired', 'blocked: the disk is full'),
        runFinished({ repaired: 1, healthy: 1, unreachable: 1, 'not-repaired': 1 }, 6),
      ),
      false,
      ['SIGTERM: nothing new starts'],
    );
    const [first = '', ...rest] = text.split('\n');
    assert.match(
      first,
      / needs somebody: 1 not-repaired \(web04\), 1 unreachable \(web03\), 1 repaired \(web01\), 1 healthy$/,
    );
    const order = ['SIGTERM: nothing', 'web04  not-repaired', 'web03  unreachable', 'web01  repaired', 'exit code 6'];
    const lines = order.map((begin) => rest.findIndex((line) => line.startsWith(begin)));
    assert.deepEqual(
      lines.toSorted((a, b) => a - b),
      lines,
      text,
    );
    assert.ok(!lines.includes(-1), text);
    assert.ok(!rest.some((line) => line.startsWith('web02')), text);
    assert.match(text, /runbook show -v 01test\n$/);
  });

  it('tells of a repair, and not when only errors are asked for', () => {
    const events = stamped(runStarted('web01'), ...repaired, runFinished({ repaired: 1 }));
    assert.match(mail(events), /^\S+: 1 repaired \(web01\)\n\nweb01 {2}repaired\n/);
    assert.equal(mail(events, true), '');
    const failed = stamped(
      runStarted('web01', 'web02'),
      ...repaired,
      hostFinished('web02', 'unknown'),
      runFinished({ repaired: 1, unknown: 1 }, 32),
    );
    assert.match(
      mail(failed, true),
      /^\S+ needs somebody: 1 unknown \(web02\), 1 repaired \(web01\)\n\nweb02 {2}unknown\n/,
    );
    assert.doesNotMatch(mail(failed, true), /^web01/m);
  });

  it('names five hosts in its first line, and counts the others', () => {
    const hosts = Array.from({ length: 9 }, (_, index) => `web0${index + 1}`);
    const ends = hosts.map((host) => hostFinished(host, 'unreachable', 'no route'));
    const text = mail(stamped(runStarted(...hosts), ...ends, runFinished({ unreachable: 9 }, 4)));
    assert.match(text, /: 9 unreachable \(web01 web02 web03 web04 web05 and 4 more\)\n/);
  });
});
