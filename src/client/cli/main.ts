import { CommanderError } from 'commander';
import { exitCodes, type ExitCode } from '../../plan/outcome.js';
import { paintOn, processIo } from './io.js';
import { buildProgram } from './program.js';
import { explain } from './report-error.js';

/** Runs one command line and resolves with its exit code; never rejects. */
async function main(argv: readonly string[]): Promise<ExitCode> {
  const io = processIo();
  let code: ExitCode = exitCodes.ok;
  const program = buildProgram(io, (result) => {
    code = result;
  });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    const explained = explain(error, paintOn(io, io.err, argv.includes('--no-color')), io.env);
    for (const line of explained.lines) io.err.write(`${line}\n`);
    return explained.code;
  }
}

// A reader that has seen enough, such as `head`, is no failure.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(exitCodes.ok);
  });
}

// Whatever a command left behind when its time was up, such as a question or a call, must not keep the process.
async function exit(code: ExitCode): Promise<never> {
  await Promise.all([process.stdout, process.stderr].map((stream) => new Promise((done) => stream.write('', done))));
  process.exit(code);
}

void main(process.argv.slice(2)).then(exit);
