/** What every command of a plan or an environment has to know of its exit code, as the reference says it. */
export const exitCodeWords =
  'Its exit code is the verdict: 0 is PASS. 3 and 75 say that it could not find out, 126 and 127 that there was nothing ' +
  'to run, and 128 + N that signal N killed it: these are a HOLD, for a person to decide. Any other code is FAIL: the ' +
  'command did find out, and it is bad.';
