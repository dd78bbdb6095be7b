/** What each host is asked, by the product and by the bare client alike: short, as a diagnosis is. */
export const READINGS: readonly string[] = [
  'uname -r',
  'cat /proc/loadavg',
  'df -P /',
  'ls /etc',
  'id -u',
  'cat /proc/meminfo',
  'hostname',
  'date +%s',
];

export type Order = 'dependent' | 'independent';

/** The readings as a runbook. `dependent`: each refers to the one before it, so that it can't be sent sooner. */
export function runbookOf(order: Order, readings = READINGS): string {
  const steps = readings.map((text, index) => {
    const after = order === 'dependent' && index > 0 ? `    when: s${index}.code == 0\n` : '';
    return `  - id: s${index + 1}\n    shell: ${text}\n    effect: reads\n${after}`;
  });
  const codes = readings.map((_, index) => `s${index + 1}.code`).join(' + ');
  return `runbook: ${order}
summary: Readings
diagnose:
${steps.join('')}findings:
  failed:
    when: ${codes} > 0
    summary: a reading failed
    advice: look at it
`;
}
