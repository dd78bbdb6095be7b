/** A runbook that makes its one file where that is missing. More keys, as `hosts:`, may be written after it. */
export const FLAG_MISSING = `runbook: flag-missing
summary: The flag file is not there
params:
  flag: { type: string }
diagnose:
  - id: flag
    command: [test, -e, "\${{ params.flag }}"]
    effect: reads
    expect: result.code <= 1
findings:
  missing:
    when: flag.code == 1
    summary: the flag is not there
fix:
  - id: make
    for: missing
    command: [touch, "\${{ params.flag }}"]
    undo:
      - command: [rm, -f, "\${{ params.flag }}"]
verify:
  soak: 0s
  steps:
    - command: [test, -e, "\${{ params.flag }}"]
      effect: reads
      expect: result.code == 0
`;
