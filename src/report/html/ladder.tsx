/** The ladder diagram of an attempt as SVG: client on the left, server on the right, time downwards. */
import type { ReportAttempt } from '../model.js';
import { formatSocket } from '../wording.js';
import { describeLadder, type LadderArrow, type LadderLayout, layOutLadder } from './ladder-layout.js';

const WIDTH = 424;
const CLIENT_X = 78;
const SERVER_X = 322;
const MIDDLE_X = (CLIENT_X + SERVER_X) / 2;
const REMARK_X = SERVER_X + 8;
const HEAD = 5;
const HEADING_HEIGHT = 16;
/** Both ends fit into one line of the heading up to here. */
const HEADING_CHARACTERS = 58;
/** Where the arrow of a packet that nobody saw arrive begins to fade. */
const LOST_X = CLIENT_X + (SERVER_X - CLIENT_X) * 0.72;

/** Draws an attempt. Its texts are escaped for display already; `watchedMs` as in `layOutLadder`. */
export function Ladder({ attempt, watchedMs }: { attempt: ReportAttempt; watchedMs: number }) {
  const layout = layOutLadder(attempt, watchedMs);
  const client = formatSocket(attempt.client);
  const server = formatSocket(attempt.server);
  const lines = client.length + server.length > HEADING_CHARACTERS ? 2 : 1;
  const top = lines * HEADING_HEIGHT;
  const height = top + layout.height;
  const label = `Packets between client ${client} and server ${server}. ${describeLadder(layout)}`;
  return (
    <svg class="ladder" role="img" viewBox={`0 0 ${WIDTH} ${height}`} aria-label={label}>
      <text class="end" x="2" y="11">
        {client}
      </text>
      <text class="end" x={WIDTH - 2} y={top - 5} text-anchor="end">
        {server}
      </text>
      <g transform={`translate(0 ${top})`}>
        <Lanes layout={layout} />
        {layout.arrows.map((arrow) => (
          <Arrow key={arrow.frame} arrow={arrow} />
        ))}
        {layout.omitted !== undefined && (
          <text class="wait" x={MIDDLE_X} y={layout.omitted.y + 4} text-anchor="middle">
            {`${layout.omitted.count} more packets`}
          </text>
        )}
      </g>
    </svg>
  );
}

function Lanes({ layout: { stretched, silence, height } }: { layout: LadderLayout }) {
  const end = silence === undefined ? height : silence.y + 8;
  return (
    <>
      {stretched.map((place) => (
        <rect
          key={place.y}
          class="stretched"
          x={CLIENT_X}
          width={SERVER_X - CLIENT_X}
          y={place.y}
          height={place.height}
        />
      ))}
      {[CLIENT_X, SERVER_X].map((x) => (
        <g key={x}>
          <path class="lane" d={`M${x} 4V${end}`} />
          {silence !== undefined && <path class="lane silent" d={`M${x} ${end}V${height - 8}`} />}
          <circle class="lane-end" cx={x} cy="4" r="3" />
        </g>
      ))}
      {silence !== undefined && (
        <>
          <text class="silence" x={MIDDLE_X} y={silence.y + silence.height / 2 + 8} text-anchor="middle">
            {silence.text}
          </text>
          <path class="lane" d={`M${CLIENT_X - 6} ${height - 8}h12M${SERVER_X - 6} ${height - 8}h12`} />
          <text class="remark" x={REMARK_X} y={height - 4}>
            capture ends
          </text>
          {silence.isCut && <CutMarks y={silence.y + silence.height - 20} />}
        </>
      )}
    </>
  );
}

/** The silence is longer than it is drawn. */
function CutMarks({ y }: { y: number }) {
  return [CLIENT_X, SERVER_X].map((x) => (
    <g key={x}>
      <path class="cut-ground" d={`M${x - 7} ${y + 3}l14 -6`} />
      <path class="lane" d={`M${x - 7} ${y}l14 -6M${x - 7} ${y + 6}l14 -6`} />
    </g>
  ));
}

function Arrow({ arrow }: { arrow: LadderArrow }) {
  const { y, time, frame, label, to, from, sender, isLost, wait, again } = arrow;
  const sign = to === 'server' ? 1 : -1;
  const startX = from === 'between' ? MIDDLE_X : from === 'client' ? CLIENT_X : SERVER_X;
  const endX = (isLost ? LOST_X : to === 'server' ? SERVER_X : CLIENT_X) - (isLost ? 0 : sign * HEAD);
  const tone = sender !== undefined ? 'arrow icmp' : /RST/.test(label) ? 'arrow rst' : 'arrow';
  const labelX = from === 'between' ? (startX + endX) / 2 : MIDDLE_X;
  return (
    <g class={tone}>
      <path d={`M${startX} ${y}H${endX}`} />
      {isLost ? (
        <>
          <path class="lost" d={`M${endX} ${y}H${SERVER_X - 6}`} />
          <text class="label" x={SERVER_X - 12} y={y - 5} text-anchor="middle">
            ?
          </text>
        </>
      ) : (
        <path class="head" d={`M${endX + sign * HEAD} ${y}l${-sign * 8} -4v8z`} />
      )}
      {from === 'between' && <rect class="router" x={startX - 4} y={y - 4} width="8" height="8" rx="1.5" />}
      <text class="label" x={labelX} y={y - 5} text-anchor="middle">
        {label}
      </text>
      {from === 'between' && (
        <text class="remark" x={MIDDLE_X} y={y + 14} text-anchor="middle">
          {`from ${sender}`}
        </text>
      )}
      <text class="time" x={CLIENT_X - 10} y={y + 4} text-anchor="end">
        {time}
      </text>
      <text class="remark" x={REMARK_X} y={y + 4}>
        {`frame ${frame}`}
      </text>
      {again !== undefined && (
        <text class="remark" x={REMARK_X} y={y + 17}>
          {`after ${again}`}
        </text>
      )}
      {wait !== undefined && <Wait from={wait.y} to={y} text={wait.text} isOfClient={to === 'server'} />}
    </g>
  );
}

/** How long a sender waited before it repeated itself, beside its own lane. */
function Wait({ from, to, text, isOfClient }: { from: number; to: number; text: string; isOfClient: boolean }) {
  const x = isOfClient ? CLIENT_X + 8 : SERVER_X - 8;
  const textX = x + (isOfClient ? 6 : -6);
  return (
    <>
      <path class="wait-line" d={`M${x - 3} ${from + 3}h6M${x} ${from + 3}V${to - 3}M${x - 3} ${to - 3}h6`} />
      <text class="wait" x={textX} y={(from + to) / 2 + 4} text-anchor={isOfClient ? 'start' : 'end'}>
        {text}
      </text>
    </>
  );
}
