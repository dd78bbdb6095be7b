'use strict';

const rows = [
  ['util'],
  ['model'],
  ['load', 'plan', 'execute', 'schedule', 'notify', 'actions', 'transports', 'reporters', 'stores'],
  ['app'],
  ['server'],
  ['cli'],
];

const downwards = rows.flatMap((row, depth) =>
  row.map((folder) => ({
    name: `${folder}-imports-only-lower-rows`,
    comment:
      'Never up, never sideways, type-only imports included: each row can be read and tested without those above it.',
    severity: 'error',
    from: { path: `^src/${folder}/` },
    to: { path: '^src/', pathNot: `^src/(${[folder, ...rows.slice(0, depth).flat()].join('|')})/` },
  })),
);

const homes = [
  { library: 'ssh', packages: 'node-ssh|ssh2', home: 'transports' },
  { library: 'listr2', packages: 'listr2', home: 'reporters' },
  { library: 'commander', packages: 'commander', home: 'cli' },
  { library: 'age', packages: 'age-encryption', home: 'load' },
].map(({ library, packages, home }) => ({
  name: `only-${home}-know-${library}`,
  comment: 'A library has one home, so that it can be replaced there.',
  severity: 'error',
  from: { path: '^src/', pathNot: `^src/${home}/` },
  to: { path: `node_modules/(@types/)?(${packages})/` },
}));

module.exports = {
  forbidden: [
    ...downwards,
    ...homes,
    {
      name: 'every-folder-has-a-row',
      comment: 'A folder that no row names would be under no rule.',
      severity: 'error',
      from: { path: '^src/', pathNot: `^src/(${rows.flat().join('|')})/` },
      to: {},
    },
    {
      name: 'no-cycle',
      comment: 'Files that need each other are one idea, or one of them holds a second.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'the-core-does-no-io',
      comment: 'Time, files, processes and the network come in as arguments: the core runs in virtual time in tests.',
      severity: 'error',
      from: { path: '^src/(model|plan|execute)/' },
      to: {
        dependencyTypes: ['core'],
        path: '^(node:)?(fs|child_process|net|tls|http|https|dns|os|timers|readline|sqlite|worker_threads)(/|$)',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'resolvable',
      comment: 'An import that cannot be found is not checked either.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['types', 'import', 'node', 'default'] },
    builtInModules: { add: ['node:sqlite'] },
  },
};
