/** The table of all attempts: a page of it at a time, with what filters and sorts it. */
import { escapeAllStrings, escapeForTerminal } from '../../escape.js';
import { formatCount, formatDuration, formatNumberOf, formatTimeOfDay } from '../../wording.js';
import { type PackedAttempts, startOf } from '../packed.js';
import { EVERYTHING, type RowFilter, type SortColumn, type Sorting } from '../rows.js';
import { EndpointText, OUTCOMES, OutcomeMark, OutcomeTag } from '../text.js';

/** Rows of one page. */
export const PAGE_ROWS = 50;

interface AttemptsTableProps {
  packed: PackedAttempts;
  filter: RowFilter;
  sorting: Sorting;
  page: number;
  pages: number;
  /** The rows that pass the filter, sorted. */
  selected: Uint32Array;
  onChange: (change: { filter?: RowFilter; sorting?: Sorting; page?: number }) => void;
}

const COLUMNS: readonly { column: SortColumn; title: string; style?: string }[] = [
  { column: 'outcome', title: 'Outcome' },
  { column: 'server', title: 'Server' },
  { column: 'cause', title: 'Why', style: 'minor why' },
  { column: 'client', title: 'Client', style: 'minor' },
  { column: 'began', title: 'Began (UTC)', style: 'minor number' },
  { column: 'took', title: 'Took', style: 'lesser number' },
  { column: 'syns', title: 'SYNs', style: 'lesser number' },
];

/** The table and its controls. */
export function AttemptsTable(props: AttemptsTableProps) {
  const { packed, sorting, page, selected, onChange } = props;
  const first = page * PAGE_ROWS;
  const shown = [...selected.subarray(first, first + PAGE_ROWS)];
  return (
    <>
      <Controls {...props} />
      <Pager {...props} />
      <table class="attempts-table">
        <caption class="unseen">All listed attempts; the headings sort them</caption>
        <thead>
          <tr>
            <th scope="col" class="number">
              #
            </th>
            {COLUMNS.map(({ column, title, style }) => (
              <SortHeading key={column} {...{ column, title, style, sorting, onChange }} />
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((row) => (
            <AttemptRow key={packed.id[row]} packed={packed} row={row} />
          ))}
        </tbody>
      </table>
      {selected.length === 0 && <p class="rest">No attempt is like that.</p>}
      {selected.length > PAGE_ROWS && <Pager {...props} isBelow />}
    </>
  );
}

function SortHeading(props: {
  column: SortColumn;
  title: string;
  style: string | undefined;
  sorting: Sorting;
  onChange: AttemptsTableProps['onChange'];
}) {
  const { column, title, style, sorting, onChange } = props;
  const isSorted = sorting.column === column;
  const direction = !isSorted ? 'none' : sorting.isDescending ? 'descending' : 'ascending';
  const isDescending = isSorted && !sorting.isDescending;
  return (
    <th scope="col" class={style} aria-sort={direction}>
      <button type="button" class="sort" onClick={() => onChange({ sorting: { column, isDescending } })}>
        {title}
        <span class="direction" aria-hidden="true">
          {isSorted ? (sorting.isDescending ? '▼' : '▲') : ''}
        </span>
      </button>
    </th>
  );
}

function AttemptRow({ packed, row }: { packed: PackedAttempts; row: number }) {
  const id = packed.id[row];
  const end = (host: number, port: number, service?: string) => {
    const [address, name] = escapeAllStrings(packed.hosts[host]);
    return { address, port, ...(name === undefined ? {} : { name }), ...(service === undefined ? {} : { service }) };
  };
  const service = packed.services[packed.service[row]];
  const title = escapeForTerminal(packed.causes[packed.cause[row]]?.[1] ?? '');
  const safeService = service === undefined ? undefined : escapeForTerminal(service);
  return (
    <tr data-attempt={id}>
      <td class="number">
        <a href={`#attempt-${id}`} aria-label={`Attempt ${id}`}>
          {id}
        </a>
      </td>
      <td>
        <OutcomeTag outcome={packed.outcomes[packed.outcome[row]]} />
        <span class="narrow">{title}</span>
      </td>
      <td>
        <EndpointText end={end(packed.server[row], packed.serverPort[row], safeService)} />
      </td>
      <td class="minor why">{title}</td>
      <td class="minor">
        <EndpointText end={end(packed.client[row], packed.clientPort[row])} />
      </td>
      <td class="minor number">{formatTimeOfDay(startOf(packed, row), 3)}</td>
      <td class="lesser number">{formatDuration(packed.durationMs[row])}</td>
      <td class="lesser number">{packed.syns[row]}</td>
    </tr>
  );
}

function Controls({ packed, filter, selected, onChange }: AttemptsTableProps) {
  const change = (part: Partial<RowFilter>) => onChange({ filter: { ...filter, ...part } });
  const toggle = (outcome: number) => {
    const outcomes = new Set(filter.outcomes);
    if (!outcomes.delete(outcome)) outcomes.add(outcome);
    change({ outcomes });
  };
  const isFiltered =
    filter.text !== '' || filter.outcomes.size > 0 || filter.cause !== undefined || filter.like !== undefined;
  return (
    <search class="controls">
      <label class="search">
        <span>Search</span>
        <input
          type="search"
          value={filter.text}
          placeholder="address, name, port, cause or #number"
          autocomplete="off"
          spellcheck={false}
          onInput={({ currentTarget }) => change({ text: currentTarget.value })}
        />
      </label>
      {packed.causes.length > 1 && (
        <label>
          <span>Why</span>
          <select
            value={filter.cause ?? ''}
            onChange={({ currentTarget: { value } }) => change({ cause: value === '' ? undefined : Number(value) })}
          >
            <option value="">any</option>
            {packed.causes.map(([id, title], index) => (
              <option key={id} value={index}>
                {escapeForTerminal(title)}
              </option>
            ))}
          </select>
        </label>
      )}
      {packed.outcomes.length > 1 && (
        // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out in one line with the other controls.
        <div class="outcome-buttons" role="group" aria-label="Outcomes">
          {OUTCOMES.map((name) => {
            const index = packed.outcomes.indexOf(name);
            return index === -1 ? null : (
              <button
                key={name}
                type="button"
                class={`outcome ${name}`}
                aria-pressed={filter.outcomes.has(index)}
                onClick={() => toggle(index)}
              >
                <OutcomeMark outcome={packed.outcomes[index]} />
                {name}
              </button>
            );
          })}
        </div>
      )}
      {isFiltered && (
        <button type="button" onClick={() => onChange({ filter: EVERYTHING })}>
          Show all {formatCount(packed.id.length)}
        </button>
      )}
      {filter.like !== undefined && (
        <p class="rest">Those of one finding: {formatNumberOf(selected.length, 'attempt')}.</p>
      )}
    </search>
  );
}

function Pager({ selected, page, pages, onChange, isBelow = false }: AttemptsTableProps & { isBelow?: boolean }) {
  const first = page * PAGE_ROWS;
  const last = Math.min(first + PAGE_ROWS, selected.length);
  const range =
    selected.length === 0
      ? 'none'
      : `${formatCount(first + 1)} to ${formatCount(last)} of ${formatCount(selected.length)}`;
  const button = (text: string, label: string, to: number, isOff: boolean) => (
    <button type="button" aria-label={label} disabled={isOff} onClick={() => onChange({ page: to })}>
      {text}
    </button>
  );
  return (
    <nav class="pager" aria-label={isBelow ? 'Pages, below the table' : 'Pages'}>
      <span class="range" role={isBelow ? undefined : 'status'}>
        {range}
      </span>
      {pages > 1 && (
        <>
          {button('«', 'First page', 0, page === 0)}
          {button('‹', 'Previous page', page - 1, page === 0)}
          <span>
            page {formatCount(page + 1)} of {formatCount(pages)}
          </span>
          {button('›', 'Next page', page + 1, page === pages - 1)}
          {button('»', 'Last page', pages - 1, page === pages - 1)}
        </>
      )}
    </nav>
  );
}
