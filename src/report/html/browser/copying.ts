/** Copy buttons: any button with `data-copy` copies that text. */

const TOLD_MS = 1600;

/** Makes the buttons work, also those that come later. */
export function listenForCopying(): void {
  document.addEventListener('click', ({ target }) => {
    const button = (target as Element).closest<HTMLButtonElement>('button[data-copy]');
    if (button !== null) void copy(button);
  });
}

async function copy(button: HTMLButtonElement): Promise<void> {
  const text = button.dataset.copy ?? '';
  try {
    await navigator.clipboard.writeText(text);
    tell(button, 'Copied');
  } catch {
    // Browsers refuse it here and there for files: then it is selected, to be copied by hand.
    const code = button.parentElement?.querySelector('code');
    if (code !== null && code !== undefined) getSelection()?.selectAllChildren(code);
    tell(button, 'Selected');
  }
}

function tell(button: HTMLButtonElement, word: string): void {
  button.dataset.told = word;
  announce(word);
  setTimeout(() => delete button.dataset.told, TOLD_MS);
}

/** Says something to those who listen to the page. */
export function announce(text: string): void {
  let region = document.getElementById('announcement');
  if (region === null) {
    region = document.createElement('p');
    region.id = 'announcement';
    region.className = 'unseen';
    region.setAttribute('role', 'status');
    document.body.append(region);
  }
  region.textContent = text;
}
