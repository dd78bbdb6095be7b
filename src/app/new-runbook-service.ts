import { casesText, HEAD, type NewFiles } from './new-runbook-parts.ts';

/** A runbook that starts a service which is down. */
export function newServiceFiles(name: string, service: string): NewFiles {
  return { runbook: runbookText(name, service), faults: faultsText(service), cases: CASES };
}

const runbookText = (name: string, service: string): string => `${HEAD}
runbook: ${name}
summary: ${service} is down # one line: what is wrong when this runbook helps
description: |
  Starts ${service} when it is down although it is enabled. A service that somebody masked is left alone.
hosts: all # which hosts of the inventory; --limit chooses some of them
become: true # as root, by sudo

# Values that can be given: runbook plan ${name} --param soak=1m
params:
  soak: { type: duration, default: 10s, description: how long it must stay up to count as repaired }

# 1. DIAGNOSE. Steps that only read. Each is an action (runbook actions lists them) and gives its output to its id.
diagnose:
  - id: svc
    service_status: { name: ${service} }
  - id: log
    log_search:
      sources: ["journal:\${{ svc.unit }}"] # \${{ }} puts a value into a text
      since: 30m
      patterns: { trouble: '(?i)error|fatal|cannot' }

# Hosts without the service are not concerned.
applies: svc.exists

# 2. FINDINGS. What the readings mean. "when" is an expression in CEL: true means that it is so on this host.
findings:
  masked:
    when: svc.masked
    severity: blocks # nothing at all is changed while this is so
    summary: "\${{ svc.unit }} is masked: somebody wants it down"
    advice: "systemctl unmask \${{ svc.unit }}, when that is over"
  down:
    when: "!svc.active && svc.enabled" # quoted, since YAML reads a ! at the beginning itself
    summary: "\${{ svc.unit }} is \${{ svc.state }} since \${{ svc.since }}, with \${{ log.counts.trouble }} lines of trouble in 30 min"

# 3. FIX. Steps that change, each for the findings that it cures. Without its finding a step is skipped.
fix:
  - id: start
    for: down
    service: { name: "\${{ svc.unit }}", state: started } # what it undoes by itself: runbook actions service

# 4. VERIFY. Repaired is only what all of this holds for, for the whole soak time, and the finding is gone. Else all is undone.
verify:
  soak: "\${{ params.soak }}"
  steps:
    - service_status: { name: "\${{ svc.unit }}" }
      expect: # "result" is what this step read, "first" what it read in the first round
        - result.active
        - result.main_pid == first.main_pid
`;

const faultsText = (
  service: string,
): string => `# How a fault is made for real. Each text is run by sh -eu as root on a host that you may break.
setup: | # once per host, before the first case
  systemctl enable --now ${service}
faults:
  down:
    summary: The service was stopped
    break: systemctl stop ${service}
    heal: systemctl start ${service}
`;

const CASES = casesText({
  fault: 'down',
  found: 'down',
  fix: 'start',
  repaired: 'a service that is down is started',
  healthy: 'a service that is up is left alone',
});
