import { casesText, HEAD, type NewFiles } from './new-runbook-parts.ts';

/** A runbook that makes a directory which a program needs: little enough to be understood at once, and to be replaced. */
export function newDirectoryFiles(name: string): NewFiles {
  return { runbook: runbookText(name), faults: faultsText(name), cases: CASES };
}

const runbookText = (name: string): string => `${HEAD}
runbook: ${name}
summary: A directory that a program needs is missing # one line: what is wrong when this runbook helps
description: |
  Makes the directory again. It is an example: put your own trouble in its place, one part at a time.
hosts: all # which hosts of the inventory; --limit chooses some of them
become: true # as root, by sudo

# Values that can be given: runbook plan ${name} --param directory=/srv/spool
params:
  directory: { type: string, default: /var/lib/${name}, description: the directory that must be there }
  soak: { type: duration, default: 5s, description: how long it must stay there to count as repaired }

# 1. DIAGNOSE. Steps that only read. Each is an action (runbook actions lists them) and gives its output to its id.
diagnose:
  - id: look
    effect: reads # your word that this program changes nothing; actions such as disk_usage need none
    command: [test, -d, "\${{ params.directory }}"] # \${{ }} puts a value into a text
    # Not there (1) is an answer; anything else means that it could not look. No comment may follow an expression on its line.
    expect: result.code <= 1

# 2. FINDINGS. What the readings mean. "when" is an expression in CEL: true means that it is so on this host.
findings:
  missing:
    when: look.code == 1
    summary: "\${{ params.directory }} is missing on \${{ host.name }}"

# 3. FIX. Steps that change, each for the findings that it cures. Without its finding a step is skipped.
fix:
  - id: make
    for: missing
    file: { path: "\${{ params.directory }}", state: directory, mode: "0755" } # it undoes itself: runbook actions file

# 4. VERIFY. Repaired is only what all of this holds for, for the whole soak time, and the finding is gone. Else all is undone.
verify:
  soak: "\${{ params.soak }}"
  steps:
    - name: The directory is there
      effect: reads
      command: [test, -d, "\${{ params.directory }}"]
      expect: result.code == 0
`;

const faultsText = (
  name: string,
): string => `# How a fault is made for real. Each text is run by sh -eu as root on a host that you may break.
setup: mkdir -p /var/lib/${name} # once per host, before the first case
faults:
  missing:
    summary: Somebody removed the directory
    break: rm -rf /var/lib/${name}
    heal: mkdir -p /var/lib/${name}
`;

const CASES = casesText({
  fault: 'missing',
  found: 'missing',
  fix: 'make',
  repaired: 'a directory that is missing is made',
  healthy: 'a directory that is there is left alone',
});
