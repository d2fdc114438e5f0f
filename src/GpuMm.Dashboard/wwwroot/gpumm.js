// Keys that mean something outside inputs, and whether anybody can see the page.
export function keys(page) {
  document.addEventListener('keydown', event => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target.matches('input, select, textarea, canvas, [contenteditable]')) return;
    if (/^[1-7pd]$/.test(event.key)) page.invokeMethodAsync('OnKey', event.key).catch(() => {});
  });
  const tell = () => page.invokeMethodAsync('OnHidden', document.hidden).then(() => { document.body.dataset.live = document.hidden ? 'no' : 'yes'; }).catch(() => {});
  document.addEventListener('visibilitychange', tell);
  if (document.hidden) tell();
  document.body.dataset.live = 'yes'; // for whoever waits until the page answers; 'no' once the service knows that nobody sees it
}

// Light on dark: what was chosen here before, or else what the system prefers.
export function isDark() {
  const chosen = localStorage.getItem('gpumm-dark');
  return chosen ? chosen === 'yes' : !matchMedia('(prefers-color-scheme: light)').matches;
}

export function setDark(dark) { localStorage.setItem('gpumm-dark', dark ? 'yes' : 'no'); }

// Draws a heap map: 4 bytes for each cell, red, green, blue and how full it is; from the left, top row first. What looks as before
// is not drawn again.
export function heap(canvas, cells, columns, marked) {
  const rows = Math.ceil(cells.length / 4 / columns), scale = 8, gap = 1, brush = canvas.getContext('2d');
  let last = canvas.gpumm;
  if (canvas.width !== columns * scale || canvas.height !== rows * scale) { canvas.width = columns * scale; canvas.height = rows * scale; last = null; }
  if (last && last.cells.length !== cells.length) last = null;
  for (let i = 0, at = 0; at < cells.length; i++, at += 4) {
    if (last && i !== marked && i !== last.marked && last.cells[at] === cells[at] && last.cells[at + 1] === cells[at + 1] && last.cells[at + 2] === cells[at + 2] && last.cells[at + 3] === cells[at + 3]) continue;
    const x = i % columns * scale, y = Math.floor(i / columns) * scale, full = cells[at + 3] / 255;
    brush.clearRect(x, y, scale, scale);
    brush.fillStyle = '#8883';
    brush.fillRect(x, y, scale - gap, scale - gap);
    if (full > 0) {
      const height = Math.max(1, Math.round((scale - gap) * full));
      brush.fillStyle = `rgb(${cells[at]},${cells[at + 1]},${cells[at + 2]})`;
      brush.fillRect(x, y + scale - gap - height, scale - gap, height);
    }
  }
  if (marked >= 0) {
    brush.strokeStyle = getComputedStyle(canvas).color; brush.lineWidth = 2;
    brush.strokeRect(marked % columns * scale + 1, Math.floor(marked / columns) * scale + 1, scale - 2, scale - 2);
  }
  canvas.gpumm = { cells: cells.slice(), marked };
}

// Tells which cell is pointed at, or walked to with the arrow keys.
export function pick(canvas, part, columns, count) {
  let last = -1;
  const tell = (cell, isChosen) => {
    cell = Math.max(0, Math.min(count - 1, cell));
    if (cell !== last || isChosen) { last = cell; part.invokeMethodAsync('OnCell', cell, isChosen).catch(() => {}); }
  };
  const at = event => {
    const box = canvas.getBoundingClientRect(), rows = Math.ceil(count / columns);
    return Math.floor((event.clientY - box.top) / box.height * rows) * columns + Math.floor((event.clientX - box.left) / box.width * columns);
  };
  let waiting = false;
  canvas.addEventListener('mousemove', event => { if (!waiting) { waiting = true; setTimeout(() => { waiting = false; }, 80); tell(at(event), false); } });
  canvas.addEventListener('click', event => tell(at(event), true));
  canvas.addEventListener('keydown', event => {
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key];
    if (step) { event.preventDefault(); tell(Math.max(0, last) + step, false); }
    else if (event.key === 'Enter') tell(Math.max(0, last), true);
  });
}
