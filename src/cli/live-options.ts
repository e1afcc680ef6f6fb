/** The options of `synwhy live`, and what its help says around them. */

/** Those that only `live` has. */
export const LIVE_OPTIONS = {
  interface: {
    alias: 'i',
    type: 'string',
    requiresArg: true,
    describe: 'Capture on this interface; any is all of them (default). synwhy interfaces lists them',
  },
  filter: { alias: 'f', type: 'string', requiresArg: true, describe: "Capture filter, as in tcpdump: 'host 10.0.0.5'" },
  read: {
    alias: 'r',
    type: 'string',
    requiresArg: true,
    describe: 'Read a stream that is captured elsewhere instead: - is standard input',
  },
  follow: {
    type: 'string',
    requiresArg: true,
    describe:
      'Follow a capture FILE while it is written, across rotation; or those in a FOLDER, or that fit a PATTERN in quotes, one after another',
  },
  write: {
    alias: 'w',
    type: 'string',
    requiresArg: true,
    describe: 'Write what is captured to FILE as pcapng, readable at any moment',
  },
  ring: {
    type: 'string',
    requiresArg: true,
    describe: 'Keep only the newest files of --write: 10x100MB is ten of 100 MB',
  },
  for: { type: 'string', requiresArg: true, describe: 'End after this time: 60s, 5m, 2h' },
  count: { alias: 'c', type: 'string', requiresArg: true, describe: 'End after so many packets' },
  backend: {
    type: 'string',
    requiresArg: true,
    describe: 'Capture with cap, dumpcap or tcpdump; auto (default) takes what works here',
  },
  settle: {
    type: 'string',
    requiresArg: true,
    describe: 'Wait at most so long after COMMAND for what it started (default 5s)',
  },
  // Without the 'no' it is what yargs makes of it.
  'host-facts': { type: 'boolean', hidden: true },
  'no-host-facts': {
    type: 'boolean',
    describe: 'Leave out what this host knows of its own listening sockets',
  },
} as const;

export const LIVE_INTRODUCTION = `Watches an interface and says of each TCP handshake that fails: refused,
filtered or timed out, why, and which packets show it. Nothing is ever sent.

  synwhy live [-i IFACE] [-f FILTER] -- COMMAND...  while COMMAND runs
  synwhy live [-i IFACE] [-f FILTER] [-w FILE] [--for TIME]
                                                    until Ctrl-C, or for a time
  ssh HOST sudo tcpdump -U -w - not port 22 | synwhy live -r -
                                                    what is captured elsewhere
  synwhy --follow FILE|FOLDER                       what is written to files
`;

export const LIVE_EPILOGUE = `Each attempt is a line when it is decided; the report comes at the end. The first Ctrl-C ends the
capture, the second one ends synwhy at once. While COMMAND runs, Ctrl-C is for it; the report tells
how it ended.

Exit status: 0 captured and analysed, 1 --fail-on found something, 2 wrong usage (also a filter that
is none, or a COMMAND that does not exist), 3 the capture can't begin or broke off, or a result
can't be written.`;
