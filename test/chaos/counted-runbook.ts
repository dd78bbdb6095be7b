/** Where the host keeps count. It is in memory: a restart of the host would empty it. */
export const COUNTS = '/run/count';

/** Each step adds a line to a file of its own, so that one that ran twice, or never, is seen. None may be repeated. */
export const RUNBOOK = `runbook: count
summary: ${COUNTS}/sick is there
hosts: all
become: true
limits: { brake: 100%, cooldown: 0s, attempts: { max: 100, per: 24h } }
diagnose:
  - id: mark
    command: [test, -e, ${COUNTS}/sick]
    effect: reads
    expect: result.code <= 1
findings:
  sick:
    when: mark.code == 0
    summary: ${COUNTS}/sick is there
fix:
  - id: start
    for: sick
    shell: echo . >>${COUNTS}/first
    undo: [{ shell: echo . >>${COUNTS}/first-undone }]
  - id: slow
    for: sick
    shell: echo . >>${COUNTS}/slow-begun; sleep 0.3; echo . >>${COUNTS}/slow
    undo: [{ shell: echo . >>${COUNTS}/slow-undone; sleep 0.2 }]
  - id: each
    for: sick
    loop: [a, b]
    shell: echo . >>${COUNTS}/each-\${{ item }}
    undo: [{ shell: "echo . >>${COUNTS}/each-\${{ item }}-undone" }]
  - id: file
    for: sick
    copy: { dest: ${COUNTS}/file, content: new }
  - id: heal
    for: sick
    shell: echo . >>${COUNTS}/heal; rm ${COUNTS}/sick
    undo: [{ shell: echo . >>${COUNTS}/heal-undone; touch ${COUNTS}/sick }]
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
`;

export type Course = 'repaired' | 'rolled-back';

/** How the host is made for the run to take that course. */
export const SICK: Readonly<Record<Course, string>> = {
  repaired: `rm -rf ${COUNTS}; mkdir ${COUNTS}; echo old >${COUNTS}/file; touch ${COUNTS}/sick`,
  'rolled-back': `rm -rf ${COUNTS}; mkdir ${COUNTS}; echo old >${COUNTS}/file; touch ${COUNTS}/sick ${COUNTS}/incurable`,
};

const FIX = ['each-a', 'each-b', 'first', 'heal', 'slow', 'slow-begun'];
const UNDO = ['each-a-undone', 'each-b-undone', 'first-undone', 'heal-undone', 'rollback', 'slow-undone'];

/** Lines of each counter after a whole run, and what the file holds. */
export const WHOLE: Readonly<Record<Course, HostCount>> = {
  repaired: { lines: onceEach(FIX), file: 'new' },
  'rolled-back': { lines: onceEach([...FIX, ...UNDO]), file: 'old' },
};
export const UNTOUCHED: HostCount = { lines: {}, file: 'old' };

export interface HostCount {
  readonly lines: Readonly<Record<string, number>>;
  readonly file: string;
}

function onceEach(names: readonly string[]): Record<string, number> {
  return Object.fromEntries(names.toSorted().map((name) => [name, 1]));
}
