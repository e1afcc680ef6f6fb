/** Opens an interface with the backend that was asked for, or with the first that works here. */
import { explainMissingPermission } from '../privileges.js';
import { BACKENDS, type CaptureSession, CaptureStartError, type LiveOptions } from './capture-session.js';
import { startProgram } from './child-capture.js';
import { EVERY_INTERFACE, PROGRAMS } from './programs.js';
import { checkInterface } from './start-problems.js';

/**
 * Begins a capture; every packet that passes from the moment that this resolves is captured. Throws CaptureStartError.
 *
 * @example
 * const session = await openCapture({ interfaceName: 'eth0', filter: 'tcp', backend: 'auto' });
 * setTimeout(() => session.stop(), 60_000);
 * for await (const chunk of session.chunks()) input.push(chunk);
 */
export async function openCapture(options: LiveOptions): Promise<CaptureSession> {
  const named = { ...options, interfaceName: options.interfaceName ?? EVERY_INTERFACE };
  checkInterface(named.interfaceName);
  const candidates = options.backend === 'auto' ? BACKENDS : [options.backend];
  const refused: CaptureStartError[] = [];
  const choice: string[] = [];
  for (const backend of candidates) {
    try {
      const session = await startProgram(PROGRAMS[backend], named);
      choice.push(`Capturing on ${named.interfaceName} with ${backend}.`);
      return Object.defineProperty(session, 'choice', { value: choice }) as CaptureSession;
    } catch (error) {
      if (!(error instanceof CaptureStartError)) throw error;
      // These are the same with every backend.
      if (error.code !== 'permission' && error.code !== 'no-backend' && error.code !== 'failed') throw error;
      refused.push(error);
      choice.push(`Not with ${backend}: ${error.message}.`);
    }
  }
  throw explainRefusals(refused, choice);
}

/** One error for all backends that could not be taken. */
function explainRefusals(refused: readonly CaptureStartError[], choice: readonly string[]) {
  if (refused.some(({ code }) => code === 'permission')) {
    const advice = explainMissingPermission();
    return new CaptureStartError('permission', ['nothing may be captured here', ...choice, ...advice].join('\n'));
  }
  const code = refused.every((error) => error.code === 'no-backend') ? 'no-backend' : 'failed';
  const advice = code === 'no-backend' ? ['Install dumpcap (it comes with Wireshark) or tcpdump.'] : [];
  return new CaptureStartError(code, ['nothing can capture here', ...choice, ...advice].join('\n'));
}
