/** Where the host keeps count. It is in memory: a restart of the host would empty it. */
export const COUNTS = '/run/count';

export type Course = 'repaired' | 'rolled-back';

/**
 * Each step adds a line to a file of its own, which has the step's id in front of its name, so that one that ran twice, or never, is
 * seen. None may be repeated.
 */
export interface CountedRunbook {
  readonly text: string;
  /** What the host has counted after a whole run. */
  readonly whole: Readonly<Record<Course, HostCount>>;
}

export interface HostCount {
  /** Lines of each counter. */
  readonly lines: Readonly<Record<string, number>>;
  /** What a file holds that was `old`. */
  readonly file: string;
}

export const UNTOUCHED: HostCount = { lines: {}, file: 'old' };

/** Files that are there for the run to take that course. */
export const SICK: Readonly<Record<Course, readonly string[]>> = {
  repaired: ['sick'],
  'rolled-back': ['sick', 'incurable'],
};

const headWith = (limits: string): string => `runbook: count
summary: ${COUNTS}/sick is there
hosts: all
become: true
limits:
  ${limits}
  brake: 100%
  max_unreachable: 100%
  cooldown: 0s
  attempts: { max: 100, per: 24h }
diagnose:
  - id: mark
    command: [test, -e, ${COUNTS}/sick]
    effect: reads
    expect: result.code <= 1
findings:
  sick:
    when: mark.code == 0
    summary: ${COUNTS}/sick is there
verify:
  soak: 0s
  within: 1s
  every: 500ms
  steps:
    - command: [test, -e, ${COUNTS}/incurable]
      effect: reads
      expect: result.code == 1
rollback:
  - shell: echo . >>${COUNTS}/rollback
fix:
`;

const ALL_AT_ONCE = 'batches: [100%]\n  max_failures: 100%';

/** A step that takes its time, a loop, a file that is replaced, and an undo of each. */
export const ALL_KINDS: CountedRunbook = {
  text: `${headWith(ALL_AT_ONCE)}${step('start')}${step('slow', 'echo . >>/run/count/slow-begun; sleep 0.3;')}
  - id: each
    for: sick
    loop: [a, b]
    shell: echo . >>${COUNTS}/each-\${{ item }}
    undo: [{ shell: "echo . >>${COUNTS}/undone-each-\${{ item }}" }]
  - id: file
    for: sick
    copy: { dest: ${COUNTS}/file, content: new }
${step('heal', `rm ${COUNTS}/sick;`)}`,
  whole: wholeOf(['each-a', 'each-b', 'heal', 'slow', 'slow-begun', 'start'], 'new', 'slow-begun'),
};

/** Few bytes on the wire. */
export const THREE_STEPS: CountedRunbook = {
  text: `${headWith(ALL_AT_ONCE)}${step('one')}${step('two')}${step('heal', `rm ${COUNTS}/sick;`)}`,
  whole: wholeOf(['heal', 'one', 'two'], 'old'),
};

/** The same, on one host, then on a quarter of them, then on all that are left. */
export const IN_BATCHES: CountedRunbook = {
  ...THREE_STEPS,
  text: THREE_STEPS.text.replace(ALL_AT_ONCE, 'batches: [1, 25%, 100%]'),
};

function step(id: string, before = ''): string {
  return `  - id: ${id}
    for: sick
    shell: ${before} echo . >>${COUNTS}/${id}
    undo: [{ shell: echo . >>${COUNTS}/undone-${id} }]
`;
}

function wholeOf(fixed: readonly string[], file: string, ...notUndone: readonly string[]): CountedRunbook['whole'] {
  const undone = fixed.filter((name) => !notUndone.includes(name)).map((name) => `undone-${name}`);
  return {
    repaired: { lines: onceEach(fixed), file },
    'rolled-back': { lines: onceEach([...fixed, ...undone, 'rollback']), file: 'old' },
  };
}

function onceEach(names: readonly string[]): Record<string, number> {
  return Object.fromEntries(names.map((name) => [name, 1]));
}
