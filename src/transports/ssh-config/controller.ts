/** Who runs us, and where. */
export interface Controller {
  /** Of the passwd entry, whatever HOME says: `ssh` asks there. */
  readonly home: string;
  readonly user: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Where relative paths start. */
  readonly directory: string;
}
