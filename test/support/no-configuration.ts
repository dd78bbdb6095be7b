import { DEFAULT_SERVE, type Configuration } from '../../src/model/configuration.ts';

/** Where there are no files. */
export const NO_CONFIGURATION: Configuration = {
  runbooks: [],
  policy: [],
  schedules: [],
  serve: DEFAULT_SERVE,
  notify: [],
};
