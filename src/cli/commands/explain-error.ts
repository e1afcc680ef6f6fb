/** The page of an error that an application printed: which causes may stand behind it. */
import { type CauseDescription, findCause } from '../../classify/catalogue.js';
import { SYSTEMS, type System, type SystemError } from '../../classify/descriptions/system-errors.js';
import type { ErrorText } from '../../classify/error-messages.js';
import { causesOf } from '../../classify/system-errors.js';
import { wrap } from '../../report/wording.js';
import { SYSTEM_NAMES } from './explain-cause.js';
import { type Look, listCauses, paragraph } from './explain-page.js';

/** What stands behind the errors that a text speaks of. */
export function errorPage({ errors, ownLimit, remark }: Extract<ErrorText, { about: 'error' }>, look: Look): string[] {
  return [
    ...(ownLimit === undefined ? [] : describeOwnLimit(ownLimit, look)),
    ...(remark === undefined ? [] : [...paragraph(remark, look), '']),
    ...errors.flatMap((error) => describeError(error, look)),
    ...paragraph('The error alone cannot tell them apart. Capture while it happens, then: `synwhy CAPTURE`', look),
  ];
}

function describeOwnLimit(whose: string, look: Look): string[] {
  return [
    ...wrap(`${look.palette.bold("The program's own time limit")} (${whose})`, look.width),
    '',
    ...paragraph(
      'The program gave up before its system did, which goes on for about 130 s on Linux, 75 s on macOS and 21 s on ' +
        'Windows. So behind it stands silence, as behind the error below. A limit under 3 s also hides that nobody answers ' +
        'on the local network, and one under 2 s a refusal on Windows; one under a second fails for a single lost packet.',
      look,
    ),
    '',
  ];
}

function describeError(error: SystemError, look: Look): string[] {
  const { name, windowsName, windowsNumber, linuxNumber, macosNumber, meaning } = error;
  const numbers = `${linuxNumber} on Linux, ${macosNumber} on macOS; on Windows ${windowsName}, ${windowsNumber}`;
  return [
    ...wrap(`${look.palette.bold(name)} (${numbers})`, look.width),
    '',
    ...paragraph(meaning, look),
    '',
    ...wrap('Causes that an application may know under this name, and what shows each in a capture.', look.width),
    '',
    ...groupBySystems(error).flatMap(({ heading, causes }) => [
      ...wrap(heading, look.width),
      ...listCauses(causes, look),
      '',
    ]),
  ];
}

/** The causes behind an error: those that end in it on every system first, then the others. */
function groupBySystems(error: SystemError): { heading: string; causes: CauseDescription[] }[] {
  const groups = new Map<string, { systems: readonly System[]; causes: CauseDescription[] }>();
  for (const id of causesOf(error)) {
    const systems = SYSTEMS.filter((system) => causesOf(error, system).includes(id));
    const group = groups.get(systems.join()) ?? { systems, causes: [] };
    group.causes.push(findCause(id)!);
    groups.set(systems.join(), group);
  }
  return [...groups.values()]
    .sort((one, other) => other.systems.length - one.systems.length)
    .map(({ systems, causes }) => ({ heading: describeSystems(systems), causes }));
}

function describeSystems(systems: readonly System[]): string {
  if (systems.length === SYSTEMS.length) return 'On every system:';
  const names = systems.map((system) => SYSTEM_NAMES[system]).join(' and ');
  return systems.length === 1 ? `On ${names} only:` : `On ${names}:`;
}
