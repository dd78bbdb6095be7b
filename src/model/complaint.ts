/** One thing that keeps a run from working, or makes it worse. */
export interface Complaint {
  /** `problem`: a run would not get through. `warning`: it would, with less than it could have. */
  readonly severity: 'problem' | 'warning';
  /** What is so, on one line. */
  readonly what: string;
  /** Why that matters for a run; absent where it goes without saying. */
  readonly why?: string;
  /** What to do, mostly a command to paste. */
  readonly fix: string;
}
