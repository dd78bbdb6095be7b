import assert from 'node:assert/strict';
import { cloudEvent } from '../../src/notify/cloudevent.ts';
import { mail } from '../../src/notify/mail.ts';
import { slackMessage } from '../../src/notify/slack.ts';
import { inWords } from '../../src/notify/told.ts';
import { HOSTILE, hostile, MISSED, RUN } from './support/notifications.ts';

describe('inWords', () => {
  it('says of a run what is worst first, and what shows more', () => {
    assert.deepEqual(inWords(RUN), {
      title: 'apache-accept-lock: stopped by max_failures, 2 hosts not repaired, 1 host not started',
      lines: [
        'max_failures: 2 of 20 hosts failed (look at them first)',
        'not repaired: web01 web02: httpd does not start',
        'not started: web03 and 4 more: the run was stopped',
        'and 2 more ends',
        'exit code 10, from ctl1',
      ],
      command: 'runbook show 01kb00000000000000000000aa',
    });
  });

  it('says of a run without trouble how many hosts are fine', () => {
    const fine = inWords({ ...RUN, counts: { healthy: 3, 'not-applicable': 1 }, stops: [], ends: [], moreEnds: 0 });
    assert.equal(fine.title, 'apache-accept-lock: 3 hosts healthy, 1 host not applicable');
  });

  it('says what became of a schedule', () => {
    assert.deepEqual(inWords(MISSED), {
      title: 'apache-locks: 3 times missed',
      lines: ['from 2026-11-23T01:00:00Z to 2026-11-23T03:00:00Z', 'the runbook apache-accept-lock, from ctl1'],
      command: 'runbook schedule history apache-locks',
    });
    const failed = inWords({ ...MISSED, type: 'schedule-failed', reason: 'no such runbook' });
    assert.equal(failed.title, 'apache-locks: no run could begin at 2026-11-23T03:00:00Z');
    assert.deepEqual([failed.lines[0], failed.command], ['no such runbook', 'runbook schedule list']);
  });

  it('has one line for each thing, of a bounded length and without control characters', () => {
    for (const text of HOSTILE) {
      const { title, lines, command } = inWords(hostile(text));
      for (const line of [title, ...lines, command])
        assert.doesNotMatch(line, /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Surrogate}]/u);
      assert.ok(title.length <= 140 && lines.every((line) => line.length <= 400));
    }
  });
});

describe('cloudEvent', () => {
  it('is an event of CloudEvents 1.0 in structured JSON', () => {
    const { type, id, at, ...rest } = RUN;
    assert.equal(type, 'run-finished');
    assert.deepEqual(JSON.parse(cloudEvent(RUN)), {
      specversion: '1.0',
      id,
      source: '/runbook/ctl1',
      type: 'dev.runbook.run.finished',
      subject: 'apache-accept-lock',
      time: at,
      datacontenttype: 'application/json',
      data: { ...rest, summary: inWords(RUN).title, command: inWords(RUN).command },
    });
  });

  it('tells schedules and tests apart by its type', () => {
    const types = [
      MISSED,
      { ...MISSED, type: 'schedule-failed' } as const,
      { type: 'test', id: 'a', at: RUN.at, machine: 'm', user: 'u' } as const,
    ].map((notification) => (JSON.parse(cloudEvent(notification)) as { type: string }).type);
    assert.deepEqual(types, ['dev.runbook.schedule.missed', 'dev.runbook.schedule.failed', 'dev.runbook.test']);
  });

  it('has a source that is a URI reference, whatever the machine is called', () => {
    for (const text of HOSTILE) {
      const { source } = JSON.parse(cloudEvent(hostile(text))) as { source: string };
      assert.match(source, /^\/runbook\/[A-Za-z0-9_.!~*'()%-]+$/);
    }
  });
});

interface SlackText {
  readonly type: string;
  readonly text: string;
}
interface SlackMessage {
  readonly text: string;
  readonly blocks: readonly {
    readonly type: string;
    readonly text?: SlackText;
    readonly elements?: readonly SlackText[];
  }[];
}

describe('slackMessage', () => {
  const textsOf = ({ blocks }: SlackMessage): readonly SlackText[] =>
    blocks.flatMap(({ text, elements = [] }) => [...(text === undefined ? [] : [text]), ...elements]);

  it('has the same in blocks, and as text for those that know none', () => {
    const { text, blocks } = JSON.parse(slackMessage(RUN)) as SlackMessage;
    const { title, lines, command } = inWords(RUN);
    assert.deepEqual(
      blocks.map(({ type }) => type),
      ['header', 'section', 'context'],
    );
    assert.deepEqual(
      textsOf({ text, blocks }).map((each) => each.text),
      [title, lines.join('\n'), command],
    );
    assert.equal(
      text,
      `${title.replaceAll('_', "'")}\n\`\`\`\n${lines.join('\n')}\n\`\`\`\n\`\`\`\n${command}\n\`\`\``,
    );
  });

  it('mentions nobody, links nowhere and stays within the limits, whatever is told', () => {
    for (const told of HOSTILE) {
      const message = JSON.parse(slackMessage(hostile(told))) as SlackMessage;
      const texts = textsOf(message);
      for (const { type, text } of texts) {
        assert.equal(type, 'plain_text');
        assert.ok(text.length <= 3000);
      }
      assert.ok((texts[0]?.text.length ?? 0) <= 150);
      for (const text of [message.text, ...texts.map((each) => each.text)]) {
        assert.doesNotMatch(text, /[<>]/);
        assert.doesNotMatch(text, /&(?!amp;|lt;|gt;)/);
      }
      const [first = '', ...rest] = message.text.split('```');
      assert.doesNotMatch(first, /@(?!\u200b)|[`*_~[\]]/);
      assert.equal(rest.length, 4, 'two fences');
    }
  });
});

describe('mail', () => {
  const headersOf = (text: string): readonly string[] =>
    (text.split('\n\n')[0] ?? '').replaceAll('\n ', '').split('\n');

  it('is plain text for a person, and says that no person wrote it', () => {
    const text = mail(RUN, 'ops@example.org');
    const [head = '', ...body] = text.split('\n\n');
    assert.match(
      head,
      /^To: ops@example\.org\nSubject: runbook: apache-accept-lock: stopped by max_failures, 2 hosts not repaired/,
    );
    assert.match(head, /\nMessage-ID: <[0-9a-f]{32}@runbook\.invalid>\nAuto-Submitted: auto-generated\n/);
    assert.match(body.join('\n\n'), /web01 web02: httpd does not start\n[^]*More:\n {4}runbook show 01kb/);
    assert.equal(mail(RUN, 'ops@example.org'), text, 'the same each time');
  });

  it('has no header and no recipient but its own, whatever is told', () => {
    const names = headersOf(mail(RUN, 'ops@example.org')).map((line) => line.split(':')[0]);
    for (const told of HOSTILE) {
      const text = mail(hostile(told), 'ops@example.org');
      assert.deepEqual(
        headersOf(text).map((line) => line.split(':')[0]),
        names,
      );
      assert.doesNotMatch(text, /\r/);
      for (const line of text.split('\n')) assert.ok(Buffer.byteLength(line) <= 998);
      assert.ok(
        text
          .split('\n\n')
          .slice(1)
          .join('\n\n')
          .split('\n')
          .every((line) => line !== '.'),
      );
    }
  });

  it('encodes what is not ASCII by RFC 2047, in words of 75 octets', () => {
    const runbook = 'müll 😀 weg';
    const subject = headersOf(mail({ ...RUN, runbook }, 'ops@example.org')).find((line) =>
      line.startsWith('Subject: '),
    );
    const words = (subject?.slice('Subject: '.length) ?? '').split(/(?<=\?=)/);
    assert.ok(words.every((word) => word.length <= 75 && word.startsWith('=?utf-8?B?')));
    const read = words.map((word) => Buffer.from(word.slice(10, -2), 'base64').toString()).join('');
    assert.equal(read, `runbook: ${inWords({ ...RUN, runbook }).title}`);
  });
});
