/**
 * POSIX sh. `git_history WORDS...` runs git in the working directory, reading only. What others have configured in that repository runs no
 * program and contacts nobody: no hook, no monitor of files, no signature that is tested, no object that is fetched.
 */
export const GIT_HISTORY_SH = `
git_history() {
  GIT_OPTIONAL_LOCKS=0 GIT_ALLOW_PROTOCOL=none GIT_NO_LAZY_FETCH=1 \\
    git -c core.fsmonitor=false -c core.hooksPath=/dev/null -c log.showSignature=false "$@"
}
`;
