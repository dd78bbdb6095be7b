/** A file of the project that is made from others. Never edited by hand. */
export interface GeneratedFile {
  /** From the project's root, with `/`. */
  readonly path: string;
  /** Before formatting. */
  readonly content: string;
}
