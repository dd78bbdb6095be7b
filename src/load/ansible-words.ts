/** What does the work of a key that tasks of Ansible have, for whoever writes a first runbook. */
export const ANSIBLE_WORDS: ReadonlyMap<string, string> = new Map([
  ['become_user', 'write become: and the name of the user'],
  ['block', 'write steps:'],
  ['changed_when', 'write effect: reads, when it changes nothing'],
  ['delegate_to', 'write delegate:'],
  ['environment', 'write env:'],
  ['failed_when', 'write expect: and what must be true'],
  ['ignore_errors', 'write on_failure: continue'],
  ['import_tasks', 'write include: and the path of a fragment'],
  ['include_tasks', 'write include: and the path of a fragment'],
  ['notify', 'write a later step with when: ID.status == "changed"'],
  ['register', 'write id:'],
  ['run_once', 'write once: true'],
  ['vars', 'write with:, for the params of a fragment'],
  ['with_items', 'write loop:'],
]);
