/** What the HTML report does where scripts run: the table and the picture of all attempts, opening one, copying. */
import { render } from 'preact';
import { AttemptReader, type PackedAttempts } from '../packed.js';
import { EVERYTHING, type RowFilter, Rows, type Sorting } from '../rows.js';
import { AttemptDialog } from './attempt-dialog.js';
import { AttemptsTable, PAGE_ROWS } from './attempts-table.js';
import { listenForCopying } from './copying.js';
import { Timeline } from './timeline.js';

const packed = JSON.parse(document.getElementById('data')?.textContent ?? '{}') as PackedAttempts;
const rows = new Rows(packed);

/** What is seen; whatever changes it calls `show`. */
const state = {
  filter: EVERYTHING as RowFilter,
  sorting: { column: 'began', isDescending: false } as Sorting,
  page: 0,
  selected: rows.select(EVERYTHING, { column: 'began', isDescending: false }),
};

function show(change: { filter?: RowFilter; sorting?: Sorting; page?: number }): void {
  const isSelectedAnew = change.filter !== undefined || change.sorting !== undefined;
  Object.assign(state, { page: isSelectedAnew ? 0 : state.page }, change);
  if (isSelectedAnew) state.selected = rows.select(state.filter, state.sorting);
  showTable();
  if (change.filter !== undefined) timeline.show(state.selected);
}

function showTable(): void {
  const pages = Math.max(1, Math.ceil(state.selected.length / PAGE_ROWS));
  render(
    <AttemptsTable packed={packed} {...state} pages={pages} onChange={show} />,
    document.getElementById('attempts-app')!,
  );
}

function listenForFindings(): void {
  document.addEventListener('click', ({ target }) => {
    const like = (target as Element).closest<HTMLElement>('[data-like]')?.dataset.like;
    if (like === undefined) return;
    show({ filter: { ...EVERYTHING, like: rows.rowOf(Number(like)) } });
    const heading = document.getElementById('attempts')!;
    heading.tabIndex = -1;
    heading.focus();
    heading.scrollIntoView({ block: 'start' });
  });
}

let timeline: Timeline;

document.documentElement.classList.add('scripted');
listenForCopying();
if (rows.count > 0) {
  timeline = new Timeline(document.getElementById('timeline-app')!, packed, rows);
  showTable();
  listenForFindings();
  new AttemptDialog(packed, rows, new AttemptReader(packed), () => state.selected).listen();
}
