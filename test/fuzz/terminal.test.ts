import assert from 'node:assert/strict';
import type { EventBody, RunEvent, RunFinished } from '../../src/model/event.ts';
import { HostStories } from '../../src/reporters/host-story.ts';
import { createJsonLinesReporter } from '../../src/reporters/json-lines.ts';
import { createLinesReporter } from '../../src/reporters/lines.ts';
import { renderPlan } from '../../src/reporters/plan-text.ts';
import { renderRun } from '../../src/reporters/run-text.ts';
import { saidByHost } from '../../src/transports/said-by-host.ts';
import { cutToWidth, printable, printableLine } from '../../src/util/printable.ts';
import { PLAIN } from '../../src/util/style.ts';
import { Random } from '../support/random.ts';
import { hostFinished, intended, leak, runFinished, runStarted, stamped, stepEnded } from '../reporters/events.ts';
import { FLEET_PLAN } from '../reporters/plans.ts';

/** What terminals act on: colours, titles, clipboards, links, answers to questions, other character sets, tricks of order and of width. */
const ESCAPES = [
  ...[
    '\u001b[31m',
    '\u001b[2J',
    '\u001b[?1049h',
    '\u001b[6n',
    '\u001b[c',
    '\u001b[20t',
    '\u001b]0;title\u0007',
    '\u001b]52;c;cm0=\u0007',
  ],
  ...[
    '\u001b]8;;http://x\u001b\\',
    '\u001bP+q544e\u001b\\',
    '\u001b_x\u001b\\',
    '\u001b^x\u001b\\',
    '\u001bc',
    '\u001b(0',
    '\u001b#8',
    '\u001bZ',
  ],
  ...[
    '\u009b31m',
    '\u009d0;x\u009c',
    '\u0090x\u009c',
    '\u0084',
    '\u0085',
    '\u0007',
    '\b',
    '\u007f',
    '\v',
    '\f',
    '\r',
    '\u000e',
    '\u0005',
    '\0',
  ],
  ...[
    '\u202a',
    '\u202e',
    '\u2066',
    '\u2069',
    '\u200e',
    '\u061c',
    '\u200b',
    '\u200d',
    '\ufeff',
    '\u00ad',
    '\u2028',
    '\u2029',
    '\u{e0041}',
  ],
  ...[
    '\ud800',
    '\udfff',
    '\u001b',
    '\u001b[',
    '\u001b]',
    '\u001b\u001b',
    'a',
    'é',
    '漢',
    '🙂',
    '\n',
    '\t',
    '[31m',
    ';',
    '\\x1b',
    'e\u0301',
  ],
];
const CONTROLS = /(?![\n\t])\p{Cc}|[\p{Cf}\p{Zl}\p{Zp}]|\p{Surrogate}/u;

const hostile = (random: Random): string =>
  Array.from({ length: random.between(1, 8) }, () =>
    random.chance(80) ? random.pick(ESCAPES) : String.fromCodePoint(random.below(0x11_0000)),
  ).join('');

function assertInert(shown: string, from: string): void {
  const found = CONTROLS.exec(shown);
  assert.equal(found, null, `${JSON.stringify(found?.[0])} of ${JSON.stringify(from)}`);
}

describe('What a host or a file says, on a terminal', function () {
  this.timeout(60_000);

  it('is text and nothing else, in 100,000 tries', () => {
    const random = new Random(1);
    for (let count = 0; count < 100_000; count += 1) {
      const text = hostile(random);
      assertInert(printable(text), text);
      assertInert(cutToWidth(printable(text), random.between(0, 10)), text);
      for (const line of [printableLine(text), saidByHost(text)]) {
        assertInert(line, text);
        assert.doesNotMatch(line, /[\n\t]/);
      }
    }
  });

  it('is text in every place of an event that is shown, while a run goes on and after it', () => {
    const random = new Random(2);
    for (let count = 0; count < 300; count += 1) {
      const events = poisoned(EVENTS, random) as readonly RunEvent[];
      let shown = '';
      const sink = { write: (text: string) => void (shown += text), drain: () => Promise.resolve() };
      const lines = createLinesReporter(sink, { verbose: true });
      const json = createJsonLinesReporter(sink);
      const stories = new HostStories();
      for (const event of events) {
        void lines.accept(event);
        void json.accept(event);
        stories.accept(event);
      }
      const page = { style: PLAIN, columns: random.pick([40, 80, Infinity]), quiet: false };
      shown += renderRun(stories, events.at(-1) as RunFinished & RunEvent, '01test', page);
      assertInert(shown, JSON.stringify(events));
    }
  });

  it('is the same text in JSON', () => {
    const random = new Random(4);
    for (let count = 0; count < 300; count += 1) {
      const [event = assert.fail()] = poisoned(EVENTS, random) as readonly RunEvent[];
      let line = '';
      void createJsonLinesReporter({ write: (text) => void (line += text), drain: () => Promise.resolve() }).accept(
        event,
      );
      assert.deepEqual(JSON.parse(line), event);
    }
  });

  it('is text in every place of a plan', () => {
    const random = new Random(3);
    for (let count = 0; count < 300; count += 1) {
      const plan = poisoned(FLEET_PLAN, random) as typeof FLEET_PLAN;
      const page = { style: PLAIN, columns: random.pick([40, 80, Infinity]), verbose: true };
      assertInert(renderPlan(plan, { ...page, standing: { kind: 'open' } }), JSON.stringify(plan));
    }
  });
});

const EVENTS: readonly EventBody[] = stamped(
  runStarted('web01', 'web02'),
  intended('web01'),
  stepEnded('web01', 'changed'),
  intended('web02'),
  stepEnded('web02', 'failed', 'it says no'),
  hostFinished('web01', 'repaired', 'proof held for 20s', [leak]),
  hostFinished('web02', 'not-repaired', 'start: it says no', [leak]),
  runFinished({ repaired: 1, 'not-repaired': 1 }),
);

/** Words that decide what is shown, and not what. */
const KEPT = new Set([
  'type',
  'at',
  'status',
  'outcome',
  'state',
  'severity',
  'kind',
  'mode',
  'phase',
  'trigger',
  'risk',
  'why',
  'made',
  'madeAt',
]);

/** The same, with escapes in every text that a host, a file or a person had a hand in: alike where it was alike. */
function poisoned(value: unknown, random: Random, key = '', poison = hostile(random)): unknown {
  if (typeof value === 'string') return KEPT.has(key) ? value : `${value}${poison}`;
  if (Array.isArray(value)) return value.map((each) => poisoned(each, random, key, poison));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, each]) => [name, poisoned(each, random, name, poison)]);
  return Object.fromEntries(entries);
}
